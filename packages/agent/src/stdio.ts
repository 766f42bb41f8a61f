import { stdioTransport } from '@openclaw/client/node'
import { createAgent } from './agent.ts'
import type { BundledEntries } from './entries.ts'

/** How often the parent is looked for where the system does not end us with it. */
const parentMs = 1000

/**
 * Serves one gateway over stdin and stdout, until stdin ends or the parent is gone; then ends the process. Whatever a
 * library prints to stdout goes to stderr, so that it cannot break a frame.
 */
export async function runAgentProcess(options: { readonly bundled?: BundledEntries }): Promise<never> {
  const { stdin, stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  // The transport's writes are the only ones that pass.
  const frames = Object.create(stdout, { write: { value: write } }) as NodeJS.WriteStream
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write

  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1)
  }, parentMs).unref()
  const report = (what: string) => (thrown: unknown) =>
    stderr.write(`${what}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
  // A plugin's stray rejection is its own matter; the runs of others go on.
  process.on('unhandledRejection', report('unhandled rejection'))
  process.on('uncaughtException', report('uncaught exception'))
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

  const agent = createAgent({ transport: stdioTransport(stdin, frames), ...options })
  process.once('SIGTERM', () => void agent[Symbol.asyncDispose]().then(() => process.exit(0)))
  await agent.closed
  process.exit(0)
}
