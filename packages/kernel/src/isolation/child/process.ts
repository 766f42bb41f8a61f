import { stdioTransport } from '@openclaw/client/node'
import { failure } from '@openclaw/protocol'
import { maxLineBytes } from '@openclaw/sdk/isolation'
import { serveEntries } from './serve.ts'

/** Modules that come with the program: `<plugin>/<part>` to what imports it. */
export type BundledModules = Readonly<Record<string, () => Promise<unknown>>>

/** How often the parent is looked for where the system does not end us with it. */
const parentMs = 1000

/**
 * Is the process of one plugin: serves its entries to the gateway over stdin and stdout until stdin ends, then ends the
 * process. What is printed to stdout goes to stderr, so that it cannot break a frame.
 */
export async function servePlugin({ bundled = {} }: { readonly bundled?: BundledModules } = {}): Promise<never> {
  const { stdin, stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  // The transport's writes are the only ones that pass.
  const frames = Object.create(stdout, { write: { value: write } }) as NodeJS.WriteStream
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write

  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1)
  }, parentMs).unref()
  // A stray rejection ends nothing. What is thrown past everybody ends the process, as always: a fresh one is started.
  process.on('unhandledRejection', (thrown) => {
    stderr.write(`unhandled rejection: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
  })
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

  await serveEntries(stdioTransport(stdin, frames, { maxLineBytes }), async (module) => {
    if (!module.startsWith('bundled:')) return (await import(module)) as unknown
    const load = bundled[module.slice('bundled:'.length)]
    if (!load) throw failure('not_found', `the program has no module ${module}; build it again`)
    return load()
  })
  process.exit(0)
}
