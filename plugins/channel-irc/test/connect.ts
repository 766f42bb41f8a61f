import type { Account, Command, Inbound, Link, Outbound } from '@openclaw/sdk'
import { fakeClock, memoryStore, testScope, type FakeClock } from '@openclaw/testing'
import type { IrcServer } from '@openclaw/testing/irc'
import { onTestFinished } from 'vitest'
import { ircChannel } from '../src/channel.ts'
import { usualTiming, type Timing } from '../src/timing.ts'
import type { IrcAccount } from '../src/settings.ts'

const commands: readonly Command[] = [
  { name: 'status', about: 'What the agent is doing', role: 'member' },
  { name: 'approve', about: 'Allow a call that waits', argument: '[id]', role: 'owner' },
]

/** A connected account, on a clock that stands still. */
export interface Connected {
  readonly link: Link
  readonly clock: FakeClock
  readonly events: readonly Inbound[]
  readonly reports: readonly { readonly state: string; readonly detail: string }[]
  readonly logged: readonly string[]
  readonly typing: readonly { readonly peer: unknown; readonly on: boolean; readonly sender: string | undefined }[]
  /** Resolves with the n-th event, counted from 1. */
  next(count: number): Promise<Inbound>
  /** Resolves with the first report in which this stands. */
  reported(words: string): Promise<{ state: string; detail: string }>
  send(to: Outbound['peer'], text: string): ReturnType<Link['send']>
  /** Called before an event counts as stored. */
  beforeStored: (event: Inbound) => Promise<void> | void
  close(): Promise<void>
}

/** The account as the kernel would hand it over, with what it is told. */
export function makeAccount(config: unknown) {
  const logged: string[] = []
  const { scope, close } = testScope((text, fields) => void logged.push(`${text} ${JSON.stringify(fields ?? {})}`))
  const clock = fakeClock()
  const events: Inbound[] = []
  const reports: { state: string; detail: string }[] = []
  const typing: { peer: unknown; on: boolean; sender: string | undefined }[] = []
  const waiting = new Set<() => void>()
  const told = {
    logged,
    clock,
    events,
    reports,
    typing,
    beforeStored: (_event: Inbound): Promise<void> | void => {},
    changed() {
      for (const look of waiting) look()
    },
    async until<T>(look: () => T | undefined): Promise<T> {
      for (;;) {
        const found = look()
        if (found !== undefined) return found
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
    },
    close,
  }
  const account: Account = {
    ...scope,
    id: 'default',
    config,
    store: memoryStore(),
    fetch,
    clock,
    commands,
    open: async () => new Blob([]).stream(),
    async receive(event) {
      await told.beforeStored(event)
      events.push(event)
      told.changed()
    },
    webhook: () => new URL('http://127.0.0.1/'),
    report(state, detail = '') {
      reports.push({ state, detail })
      told.changed()
    },
    typing(peer, on, sender) {
      typing.push({ peer, on, sender })
      told.changed()
    },
    presence: () => {},
    choose: async () => ({ taken: false, text: '' }),
  }
  return { account: account as IrcAccount, told }
}

/** Connects to a server with the account's configuration there, and with more. Both are closed with the test. */
export async function connect(
  server: IrcServer,
  more: Record<string, unknown> = {},
  timing: Partial<Timing> = {},
): Promise<Connected> {
  const { account, told } = makeAccount({ ...server.account, ...more })
  const link = await ircChannel({ ...usualTiming, ...timing }).connect(account)
  const { close: closeScope } = told
  const close = async () => {
    await link[Symbol.asyncDispose]()
    await closeScope()
  }
  onTestFinished(async () => {
    await close()
    await server[Symbol.asyncDispose]()
  })
  return Object.assign(told, {
    link,
    close,
    next: (count: number) => told.until(() => told.events[count - 1]),
    reported: (words: string) => told.until(() => told.reports.find(({ detail }) => detail.includes(words))),
    send: (peer: Outbound['peer'], text: string) =>
      link.send({ peer, text, idempotencyKey: 'key' }, new AbortController().signal),
  })
}

/** Resolves once we are in the group. */
export async function inGroup(server: IrcServer): Promise<void> {
  await server.says('is it there?', { in: server.group })
}
