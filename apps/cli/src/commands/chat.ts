import { createInterface, type Interface } from 'node:readline'
import { failure, isLine, type AnyLine } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import type { Gateway } from '../gateway.ts'
import { openStream } from '../stream.ts'
import { talk, whyNot, type Waiting } from '../talk.ts'
import { oneLine, printable } from '../terminal.ts'
import { printLine } from '../turns.ts'

const shownLines = 12
const typedLines = 100
const help = [
  '/new begins anew',
  '/stop ends the run',
  '/model PROVIDER/MODEL chooses another model',
  '/history shows what was said',
  '/quit leaves',
].join(' · ')

export const chat = defineCommand({
  options: {
    session: { type: 'text', value: 'KEY', about: 'The session; your own one when absent' },
    thinking: { type: 'text', value: 'HOW', choices: ['off', 'low', 'medium', 'high'], about: 'How much to think' },
  },
  details: `While it runs: Ctrl-C stops the run, then leaves. A tool that asks is answered with y or n.\n${help}`,
  example: '',
  async run({ session: key, thinking }, cli) {
    if (cli.json)
      throw failure(
        'unsupported',
        `chat is for people; a program says one thing with ${cli.command('agent --json -m "Hello"')}`,
      )
    const gateway = await cli.gateway()
    const session = key ?? gateway.hello.session
    const { lines } = await gateway.call('chat.history', { session, limit: typedLines })
    const room: Room = { gateway, session, cli, thinking, running: undefined, waiting: [], model: undefined }
    if (cli.terminal.interactive) {
      cli.terminal.tell(
        cli.terminal.faint(`${oneLine(session, 200)} · ${oneLine((await gateway.call('status', {})).model)} · ${help}`),
      )
      showHistory((lines as AnyLine[]).slice(-shownLines), cli)
    }
    await converse(room, typed(lines as AnyLine[]))
    return undefined
  },
})

/** One conversation in the terminal. */
interface Room {
  readonly gateway: Gateway
  readonly session: string
  readonly cli: Cli
  readonly thinking: 'off' | 'low' | 'medium' | 'high' | undefined
  /** What the session does right now, with the way to stop it. */
  running: { readonly over: Promise<void>; readonly stop: AbortController } | undefined
  /** Tool calls that wait for a yes, oldest first. */
  readonly waiting: Waiting[]
  model: string | undefined
}

/** Reads lines until the person leaves; resolves when the last run is over. */
async function converse(room: Room, history: string[]): Promise<void> {
  const { cli } = room
  const { interactive } = cli.terminal
  const lines = createInterface({
    input: process.stdin,
    ...(interactive ? { output: process.stderr, terminal: true, history, prompt: '> ' } : {}),
  })
  cli.scope.defer(() => lines.close())
  const stopped = cli.untilStopped()
  const interrupt = () => {
    if (!room.running) return lines.close()
    room.running.stop.abort()
    cli.terminal.tell('')
  }
  lines.on('SIGINT', interrupt)
  stopped.addEventListener('abort', interrupt, { once: true })
  const lost = room.gateway.onState((state, why) => {
    if (state === 'online') return
    cli.terminal.tell(
      `The gateway is gone${why ? `: ${oneLine(why.message, 200)}` : ''}. What was said is kept and will be answered.`,
    )
    lines.close()
  })
  try {
    if (interactive) lines.prompt()
    for await (const line of lines) {
      if ((await take(line, room, lines)) === 'leave') break
      // Programs write faster than one answers: each of their lines is a turn of its own.
      if (!interactive) await room.running?.over
      else if (!room.running) lines.prompt()
    }
    await room.running?.over
  } finally {
    lost[Symbol.dispose]()
    lines.close()
  }
}

/** Does what one line asks for. */
async function take(line: string, room: Room, lines: Interface): Promise<'leave' | void> {
  const { gateway, session, cli } = room
  const text = line.trim()
  const asked = room.waiting[0]
  if (asked && /^(y|yes|n|no)$/i.test(text)) {
    room.waiting.shift()
    const verdict = /^y/i.test(text) ? 'allow' : 'deny'
    return void (await gateway
      .call('approvals.resolve', { id: asked.id, verdict })
      .catch((error: Error) => cli.terminal.tell(printable(error.message))))
  }
  if (text === '') return
  if (text === '/quit' || text === '/exit') return 'leave'
  if (text === '/stop') return void (await gateway.call('chat.abort', { session }))
  if (text === '/help') return cli.terminal.tell(help)
  if (text === '/history')
    return showHistory((await gateway.call('chat.history', { session, limit: typedLines })).lines as AnyLine[], cli)
  if (text === '/new') {
    await gateway.call('sessions.reset', { session })
    return cli.terminal.tell('The conversation begins anew; what was said stays in its file.')
  }
  const model = /^\/model(?:\s+(\S+))?$/.exec(text)
  if (model) {
    if (model[1])
      await gateway
        .call('sessions.patch', { session, model: model[1] })
        .catch((error: Error) => cli.terminal.tell(printable(error.message)))
    return cli.terminal.tell(`Model: ${oneLine(model[1] ?? (await gateway.call('status', {})).model)}`)
  }
  if (/^\/[a-z]+$/.test(text)) return cli.terminal.tell(`There is no ${text}. ${help}`)
  say(line, room, lines)
}

/** Says it and shows the answer. What is said while a run goes on joins it or follows it, as the session is set to. */
function say(message: string, room: Room, lines: Interface): void {
  const { gateway, session, cli, thinking } = room
  const stream = openStream(cli.terminal, thinking !== undefined && thinking !== 'off')
  const stop = new AbortController()
  const before = room.running?.over
  const over = (async () => {
    try {
      const outcome = await talk(gateway, {
        message,
        session,
        ...(thinking === undefined ? {} : { thinking }),
        onSign: stream.show,
        onApproval: (waiting) => {
          if (room.waiting.some(({ id }) => id === waiting.id)) return
          room.waiting.push(waiting)
          cli.terminal.tell(`\nAllow ${oneLine(waiting.tool)}: ${oneLine(waiting.subject, 500)}? y or n`)
        },
        signal: stop.signal,
      })
      stream.end(outcome.status === 'answered' ? (outcome.text ?? '') : undefined)
      if (outcome.status !== 'answered') cli.terminal.tell(cli.pasteable(printable(whyNot(outcome))))
    } catch (thrown) {
      stream.end(undefined)
      cli.terminal.tell(cli.pasteable(printable((thrown as Error).message)))
    }
    await before
    // What was said meanwhile has taken the place.
    if (room.running?.stop === stop) room.running = undefined
    if (!room.running && cli.terminal.interactive) lines.prompt()
  })()
  room.running = { over, stop }
}

function showHistory(lines: readonly AnyLine[], cli: Cli): void {
  for (const line of lines.flatMap((one) => printLine(one, cli.terminal))) cli.terminal.tell(line)
}

/** What the owner typed before, newest first, for the arrow keys. */
function typed(lines: readonly AnyLine[]): string[] {
  return lines
    .flatMap((line) =>
      isLine(line, 'user') && line.body.text && !line.body.text.includes('\n') ? [line.body.text] : [],
    )
    .reverse()
}
