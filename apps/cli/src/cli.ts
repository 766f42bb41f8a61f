import { failure } from '@openclaw/protocol'
import { exits } from './exits.ts'
import type { Gateway } from './gateway.ts'
import { usualHome } from './home.ts'
import { programName, quote } from './program.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** What a command works with. Everything it opens goes into the scope and is closed when it ends. */
export interface Cli {
  readonly home: string
  readonly json: boolean
  readonly terminal: Terminal
  readonly scope: AsyncDisposableStack
  /** A command of ours as it can be pasted here: `status` → `npx openclaw status --home /tmp/x`. */
  command(words: string): string
  /** One word of such a command. */
  quote(word: string): string
  /** Turns commands in backticks, as the gateway writes them, into what can be pasted here. */
  pasteable(text: string): string
  /** The running gateway of this home; throws with exit code 3 when there is none. */
  gateway(): Promise<Gateway>
  /** The running gateway of this home, or undefined. Throws when it does not let us in. */
  findGateway(): Promise<Gateway | undefined>
  /** Aborted by Ctrl-C and by what else ends a process; a second one ends it at once. Without this call the first does. */
  untilStopped(): AbortSignal
}

/** Makes what a command works with. */
export function createCli(home: string, json: boolean, scope: AsyncDisposableStack): Cli {
  const terminal = openTerminal()
  const program = programName()
  const where = home === usualHome ? '' : ` --home ${quote(home)}`
  let found: Promise<Gateway | undefined> | undefined
  let stopped: AbortSignal | undefined
  const cli: Cli = {
    home,
    json,
    terminal,
    scope,
    command: (words) => `${program}${words ? ` ${words}` : ''}${where}`,
    quote,
    pasteable: (text) =>
      text.replace(/`openclaw(?: ([^`]*))?`/g, (_, words: string | undefined) => `\`${cli.command(words ?? '')}\``),
    findGateway() {
      found ??= (async () => {
        const { attach } = await import('./gateway.ts')
        const gateway = await attach(home)
        return gateway && scope.use(gateway)
      })()
      return found
    },
    async gateway() {
      const gateway = await cli.findGateway()
      if (gateway) return gateway
      throw Object.assign(
        failure('unavailable', `No gateway is running for ${home}. Start it in another window: ${cli.command('')}`),
        { exit: exits.noGateway[0] },
      )
    },
    untilStopped() {
      stopped ??= watchSignals()
      return stopped
    },
  }
  return cli
}

function watchSignals(): AbortSignal {
  const control = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (control.signal.aborted) process.exit(exits.interrupted[0])
      control.abort(failure('aborted', signal === 'SIGINT' ? 'Stopped by Ctrl-C.' : `Stopped by ${signal}.`))
    })
  }
  return control.signal
}
