import { fakeClock, memoryStore, testScope, type FakeClock } from '@openclaw/testing'
import { telegramEmulator, type TelegramEmulator, type TelegramOptions } from '@openclaw/testing/telegram'
import { failure, type Chosen, type Click, type Command, type Inbound, type Link, type Store } from '@openclaw/sdk'
import { onTestFinished } from 'vitest'
import type { TelegramAccount } from '../src/bot.ts'
import { telegramChannel } from '../src/channel.ts'

/** Where a fetch goes. */
export const urlOf = (input: Parameters<typeof fetch>[0]) => (input instanceof Request ? input.url : input.toString())

export const never: AbortSignal = new AbortController().signal

/** What an account of ours was told by the channel, and how it answers. */
export interface TestAccount {
  readonly account: TelegramAccount
  readonly clock: FakeClock
  readonly events: Inbound[]
  readonly clicks: Click[]
  readonly reports: { state: string; detail: string | undefined; fatal: boolean }[]
  readonly logged: string[]
  /** Methods that were called and files that were fetched, polls aside. */
  readonly fetched: string[]
  readonly files: Map<string, Uint8Array>
  /** Called before an event counts as durable. */
  beforeDurable: (event: Inbound) => Promise<void> | void
  chosen: Chosen | Error
  /** Resolves with the n-th event. */
  next(count: number): Promise<Inbound>
  /** Resolves with the n-th click. */
  clicked(count: number): Promise<Click>
  /** Resolves with the first report of this state. */
  reported(state: string): Promise<{ detail: string | undefined; fatal: boolean }>
  close(): Promise<void>
}

const commands: readonly Command[] = [
  { name: 'status', about: 'What the agent is doing', role: 'member' },
  { name: 'model', about: 'Show or choose the model', role: 'owner' },
]

/** An account with this configuration, on a clock that stands still. */
export function makeAccount(config: Record<string, unknown>, store: Store = memoryStore()): TestAccount {
  const logged: string[] = []
  const { scope, close } = testScope((text, fields) => void logged.push(`${text} ${JSON.stringify(fields ?? {})}`))
  const clock = fakeClock()
  const watchers = new Set<() => void>()
  const watch = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => watchers.add(resolve))
    }
  }
  const changed = () => {
    for (const tell of [...watchers]) tell()
    watchers.clear()
  }
  const made: TestAccount = {
    account: {
      ...scope,
      id: 'default',
      config: config as TelegramAccount['config'],
      store,
      clock,
      commands,
      async fetch(input, init) {
        const name = urlOf(input).split('/').at(-1)!
        if (name !== 'getUpdates') made.fetched.push(name)
        return fetch(input, init)
      },
      async open({ ref }) {
        const bytes = made.files.get(ref)
        if (!bytes) throw failure('not_found', `there is no file ${ref}`)
        return new Blob([bytes.slice()]).stream()
      },
      async receive(event) {
        await made.beforeDurable(event)
        made.events.push(event)
        changed()
      },
      webhook: () => new URL('http://127.0.0.1:18789/webhooks/telegram/default'),
      report(state, detail, fatal = false) {
        made.reports.push({ state, detail, fatal })
        changed()
      },
      typing: () => {},
      presence: () => {},
      async choose(click) {
        made.clicks.push(click)
        changed()
        if (made.chosen instanceof Error) throw made.chosen
        return made.chosen
      },
    },
    clock,
    events: [],
    clicks: [],
    reports: [],
    logged,
    fetched: [],
    files: new Map(),
    beforeDurable: () => {},
    chosen: { taken: true, text: 'Allowed.' },
    next: (count) => watch(() => made.events[count - 1]),
    clicked: (count) => watch(() => made.clicks[count - 1]),
    reported: (state) => watch(() => made.reports.find((one) => one.state === state)),
    close,
  }
  return made
}

/** Telegram, and our channel connected to it; both end with the test. */
export async function connect(
  options: TelegramOptions = {},
  store?: Store,
): Promise<TestAccount & { readonly telegram: TelegramEmulator; readonly link: Link; stop(): Promise<void> }> {
  const telegram = await telegramEmulator(options)
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  return Object.assign(await connectTo(telegram, store), { telegram })
}

/** Our channel, connected to a Telegram that is there already. */
export async function connectTo(telegram: Pick<TelegramEmulator, 'account'>, store?: Store) {
  const made = makeAccount(telegram.account, store)
  const link = await telegramChannel({ pollSeconds: 5, graceMs: 5000 }).connect(made.account)
  const stop = async () => {
    await link[Symbol.asyncDispose]()
    await made.close()
  }
  onTestFinished(stop)
  return Object.assign(made, { link, stop })
}

/** What was thrown, for a test to look at. */
export async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Resolves when a poll waits at Telegram. */
export async function polling({ links }: Pick<TelegramEmulator, 'links'>): Promise<void> {
  while (links().now === 0) await new Promise((resolve) => setImmediate(resolve))
}
