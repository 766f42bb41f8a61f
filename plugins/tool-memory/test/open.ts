import { toolBench } from '@openclaw/testing'
import entry from '../src/tool.ts'

/** The tools over a real workspace at noon of a day; a result is its text. */
export async function open(config: object = {}, more: Parameters<typeof toolBench>[2] = {}) {
  const time = { ms: new Date(2026, 2, 1, 12).getTime() }
  const bench = await toolBench(entry, config, { now: () => time.ms, ...more })
  return {
    ...bench,
    bench,
    time,
    async call(...[name, input]: Parameters<typeof bench.call>): Promise<string> {
      const { content } = await bench.call(name, input)
      return content.map((one) => (one.type === 'text' ? one.text : one.ref)).join('\n')
    },
    note: (path: string, text: string) => bench.workspace.write(path, new TextEncoder().encode(text)),
    text: async (path: string) => new TextDecoder().decode(await bench.workspace.read(path)),
  }
}
