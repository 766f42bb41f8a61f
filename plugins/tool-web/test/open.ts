import { toolBench } from '@openclaw/testing'
import entry from '../src/tool.ts'

/** The tools, whose results have their text in one piece. */
export async function open(config: object = {}) {
  const bench = await toolBench(entry, config)
  return {
    ...bench,
    async call(...[name, input, more]: Parameters<typeof bench.call>) {
      const result = await bench.call(name, input, more)
      return { ...result, text: result.content.map((one) => (one.type === 'text' ? one.text : one.ref)).join('\n') }
    },
  }
}
