import { failure, type Account, type Chosen, type Click, type Inbound, type Link, type Store } from '@openclaw/sdk'
import { fakeClock, memoryStore, testScope, type FakeClock } from '@openclaw/testing'
import { discordEmulator, type DiscordEmulator, type DiscordOptions } from '@openclaw/testing/discord'
import { onTestFinished } from 'vitest'
import channel from '../src/channel.ts'
import type { DiscordAccount } from '../src/config.ts'

export const never: AbortSignal = new AbortController().signal

/** What an account of ours was told by the channel, and how it answers. */
export interface TestAccount {
  readonly account: DiscordAccount
  readonly clock: FakeClock
  readonly store: Store
  readonly events: Inbound[]
  readonly clicks: Click[]
  readonly reports: { state: string; detail: string; fatal: boolean }[]
  readonly typing: { peer: Inbound['peer']; sender: string | undefined }[]
  readonly files: Map<string, Uint8Array>
  /** Called before an event counts as durable. */
  beforeDurable: (event: Inbound) => Promise<void> | void
  chosen: Chosen
  /** Resolves when something is true, as soon as it is. */
  until<T>(look: () => T | undefined | false): Promise<T>
  next(count: number): Promise<Inbound>
  close(): Promise<void>
}

const commands: Account['commands'] = [
  { name: 'status', about: 'What the agent is doing', role: 'member' },
  { name: 'model', about: 'Show or choose the model', argument: '[provider/model]', role: 'owner' },
]

/** An account with this configuration, on a clock that stands still. */
export function makeAccount(config: DiscordAccount['config'], store: Store = memoryStore()): TestAccount {
  const clock = fakeClock({ now: Date.now() })
  const waiters = new Set<() => void>()
  const changed = () => {
    for (const tell of [...waiters]) tell()
  }
  const { scope, close } = testScope(changed)
  const made: TestAccount = {
    account: {
      ...scope,
      id: 'default',
      config,
      store,
      clock,
      commands,
      fetch,
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
      webhook: () => new URL('http://127.0.0.1:18789/webhooks/discord/default'),
      report(state, detail = '', fatal = false) {
        made.reports.push({ state, detail, fatal })
        changed()
      },
      typing(peer, _on, sender) {
        made.typing.push({ peer, sender })
        changed()
      },
      presence: () => {},
      async choose(click) {
        made.clicks.push(click)
        changed()
        return made.chosen
      },
    },
    clock,
    store,
    events: [],
    clicks: [],
    reports: [],
    typing: [],
    files: new Map(),
    beforeDurable: () => {},
    chosen: { taken: true, text: 'Allowed.' },
    async until(look) {
      for (;;) {
        const found = look()
        if (found !== undefined && found !== false) return found
        await new Promise<void>((resolve) => {
          const tell = () => {
            waiters.delete(tell)
            resolve()
          }
          waiters.add(tell)
        })
      }
    },
    next: (count) => made.until(() => made.events[count - 1]),
    close,
  }
  return made
}

export type Connected = TestAccount & { readonly link: Link; stop(): Promise<void> }

/** A Discord that ends with the test. */
export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordEmulator> {
  const discord = await discordEmulator(options)
  onTestFinished(() => discord[Symbol.asyncDispose]())
  return discord
}

/** Our channel, connected to a Discord that is there already; closed as the kernel closes it. */
export async function connectTo(discord: DiscordEmulator, store?: Store): Promise<Connected> {
  const made = makeAccount(discord.account, store)
  onTestFinished(made.close)
  const link = await channel.connect(made.account)
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
