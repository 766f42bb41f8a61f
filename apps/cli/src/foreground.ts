import type { Kernel } from '@openclaw/kernel'
import { usage } from './arguments.ts'
import type { Cli } from './cli.ts'
import { version } from './program.ts'
import { printable } from './terminal.ts'

/** Options of a gateway in the foreground. */
export const gatewayOptions = {
  port: { type: 'number', about: 'The port to listen on; 0 takes a free one. The configured one when absent' },
  bind: {
    type: 'text',
    value: 'WHERE',
    choices: ['loopback', 'lan'],
    about: 'From where it is reached; the configured one when absent',
  },
  verbose: { type: 'boolean', about: 'Print the log to stderr as well' },
} as const

/** What a person asked of a gateway in the foreground. */
export interface GatewayOptions {
  readonly port?: number
  readonly bind?: 'loopback' | 'lan'
  readonly verbose: boolean
}

/** Checks the options that were given. */
export function readGatewayOptions({
  port,
  bind,
  verbose,
}: {
  port: number | undefined
  bind: 'loopback' | 'lan' | undefined
  verbose: boolean
}): GatewayOptions {
  if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535))
    throw usage(`--port is a whole number from 0 to 65535, not ${port}.`)
  return { verbose, ...(port === undefined ? {} : { port }), ...(bind === undefined ? {} : { bind }) }
}

/** Runs a gateway until Ctrl-C or SIGTERM, says where to chat, and resolves when everything is settled. */
export async function runGateway(options: GatewayOptions, cli: Cli): Promise<undefined> {
  const stopped = cli.untilStopped()
  survive(cli)
  let first = true
  // A client may ask for a restart: the same process starts a fresh gateway, with what the configuration says by now.
  while (!stopped.aborted) {
    const again = await runOnce(options, cli, stopped, first)
    if (!again) return undefined
    first = false
  }
  return undefined
}

/** One life of the gateway; true when it is to be started again. */
async function runOnce(options: GatewayOptions, cli: Cli, stopped: AbortSignal, first: boolean): Promise<boolean> {
  let again = false
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const onRestart = () => {
    again = true
    end()
  }
  const { startGateway } = await import('./kernel.ts')
  const kernel = await startGateway(cli, { ...options, onRestart })
  stopped.addEventListener('abort', () => end(), { once: true })
  if (stopped.aborted) end()
  await Promise.race([kernel.plugged, ended])
  if (!stopped.aborted && first) tell(kernel, cli)
  else if (!stopped.aborted) cli.terminal.tell(`OpenClaw runs again at ${kernel.address.href}`)
  await ended
  using _ = cli.terminal.progress('Stopping; what runs is settled first')
  await kernel.close(again ? 'it starts again' : 'it was stopped')
  return again
}

/** What a library throws where nobody waits for it must not end the conversations of everybody: it is told, and that is all. */
function survive(cli: Cli): void {
  const tell = (thrown: unknown) =>
    cli.terminal.tell(
      printable(
        `Something failed where nobody waited for it: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
      ),
    )
  process.on('unhandledRejection', tell)
  process.on('uncaughtException', tell)
}

/** Says where to chat. */
function tell(kernel: Kernel, cli: Cli): void {
  const { url } = kernel.link()
  if (cli.json) {
    const value = {
      attached: false,
      address: kernel.address.href,
      pid: process.pid,
      home: cli.home,
      version,
      link: url,
    }
    return cli.terminal.write(`${JSON.stringify(value, undefined, 2)}\n`)
  }
  const lines = [
    `OpenClaw ${version} is running at ${kernel.address.href}`,
    `Chat here: ${url}`,
    'The link works once, for ten minutes. OpenClaw runs while this window is open; Ctrl-C stops it.',
    `Another link: ${cli.command('open')}`,
  ]
  cli.terminal.write(`${lines.join('\n')}\n`)
}
