import { defineTool, defineTools } from '@openclaw/sdk'
import { appendFile } from 'node:fs/promises'
import Type from 'typebox'
import { runAgentProcess } from '../../../agent/src/index.ts'
import { callTool, say, scriptedProvider } from '../../../testing/src/scripted.ts'

/** An agent process whose model reads from the message what to do, so that it needs no memory over a restart. */
const scripted = scriptedProvider(
  ({ turns }) => {
    const asked = turns.findLast((turn) => turn.role === 'user')!
    const text = asked.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
    const results = turns.slice(turns.indexOf(asked) + 1).filter((turn) => turn.role === 'tool')
    const [, tool, times = '1', input = ''] = /^(\w+) x(\d+) ?(.*)$/m.exec(text) ?? []
    if (!tool) return say(`you said: ${text}`)
    if (results.length < Number(times))
      return callTool(tool, { n: results.length + 1, ...(JSON.parse(input || '{}') as object) })
    return say(`done ${results.length}`)
  },
  { record: false },
)

const n = { n: Type.Integer() }
const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
const tools = defineTools({
  config: Type.Object({}),
  setup({ register }) {
    register(
      defineTool({
        name: 'step',
        description: 'Writes its number into a file.',
        input: Type.Object({ ...n, file: Type.String() }),
        effect: 'write',
        async run({ n, file }) {
          await appendFile(file, `${n}\n`)
          return text(`step ${n}`)
        },
      }),
      defineTool({
        name: 'block',
        description: 'Blocks the event loop for good.',
        input: Type.Object(n),
        effect: 'read',
        async run() {
          for (;;);
        },
      }),
      defineTool({
        name: 'exit',
        description: 'Ends the process.',
        input: Type.Object(n),
        effect: 'read',
        run: async () => process.exit(3),
      }),
      defineTool({
        name: 'env',
        description: 'Shows the environment.',
        input: Type.Object(n),
        effect: 'read',
        run: async () => text(Object.keys(process.env).join(' ')),
      }),
      defineTool({
        name: 'print',
        description: 'Prints to stdout, as libraries do.',
        input: Type.Object(n),
        effect: 'read',
        async run() {
          console.log('{"jsonrpc":"2.0"} a library says hello')
          process.stdout.write('no frame\n')
          return text('printed')
        },
      }),
      defineTool({
        name: 'shell',
        description: 'Runs a shell command.',
        input: Type.Object({ ...n, command: Type.String(), background: Type.Optional(Type.Boolean()) }),
        effect: 'exec',
        async run({ command, background }, call) {
          if (background) return text((await call.workspace.start(['sh', '-c', command], {})).id)
          let out = ''
          for await (const piece of call.workspace.exec(['sh', '-c', command], {
            timeoutMs: 60_000,
            signal: call.signal,
          })) {
            if ('bytes' in piece) out += Buffer.from(piece.bytes).toString()
          }
          return text(out)
        },
      }),
    )
  },
})

await runAgentProcess({
  bundled: { 'scripted/provider': scripted.load, 'test/tool': async () => ({ default: tools }) },
})
