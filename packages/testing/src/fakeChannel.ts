import type { BundledPlugin } from '@openclaw/kernel'
import type { Inbound, Outbound, Peer, Receipt } from '@openclaw/protocol'
import { defineChannel, failure, type Account, type Chosen, type Link, type Traits } from '@openclaw/sdk'
import Type from 'typebox'
import { channelPlugin } from './testKernel.ts'

/** A message that reached the fake platform. */
export interface SentMessage {
  readonly account: string
  readonly peer: Peer
  readonly text: string
  readonly idempotencyKey: string
  readonly message: Outbound
}

/** A platform in memory, with behaviour: it keeps what was sent, can be cut off, slow, refusing or forgetful. */
export interface FakeChannel {
  /** Give it to `createKernel({ bundled })` or `testKernel({ plugins })`. */
  readonly plugin: BundledPlugin
  readonly sent: readonly SentMessage[]
  /** What was done to its messages, as `edit m1 text`, `delete m1` and `react m1 👍`, with the peer before it. */
  readonly done: readonly string[]
  /** Resolves with the n-th message sent, counted from 1, as soon as there is one. */
  waitSent(count: number): Promise<SentMessage>
  /** Delivers an event and resolves when the kernel has it durable. */
  say(
    text: string,
    from?: {
      sender?: string
      peer?: Peer
      event?: string
      mentioned?: boolean
      account?: string
      kind?: Inbound['kind']
      message?: string
      attachments?: Inbound['attachments']
      name?: string
      bot?: boolean
    },
  ): Promise<void>
  /** Somebody clicks on a button. */
  click(choice: string, from: { sender: string; peer?: Peer }): Promise<Chosen>
  /** Somebody on the platform comes or goes. */
  presence(sender: string, state: 'online' | 'away' | 'offline'): void
  /** How often the platform was told that somebody is typing. */
  readonly typed: number
  /** Resolves when an account has a live link. */
  connected(account?: string): Promise<void>
  /** Loses the link; the kernel connects again. */
  drop(account?: string, detail?: string): void
  /** The next sends fail with these, one each. */
  failSends(...failures: Error[]): void
  /** The next sends arrive, and their receipts are lost with these: the sender cannot know that they arrived. */
  loseReceipts(...failures: Error[]): void
  /** Sends wait until the returned function is called. */
  holdSends(): () => void
  /** Links that are alive now; more than one per account is a defect of the kernel. */
  readonly live: number
}

/** Makes one. Its clock shows the moment at which a fake clock begins, unless `now` says otherwise. */
export function fakeChannel(
  options: {
    id?: string
    traits?: Partial<Traits>
    canFind?: boolean
    /** Its links can edit, delete and react. */
    canChange?: boolean
    now?: () => number
  } = {},
): FakeChannel {
  const id = options.id ?? 'fake'
  const sent: SentMessage[] = []
  const done: string[] = []
  const accounts = new Map<string, Account>()
  const failures: Error[] = []
  const lost: Error[] = []
  const waiters = new Set<() => void>()
  let held: Promise<void> = Promise.resolve()
  let events = 0
  let live = 0
  let typed = 0
  const changed = () => {
    for (const tell of waiters) tell()
  }
  async function until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      await new Promise<void>((resolve) => {
        const tell = () => {
          waiters.delete(tell)
          resolve()
        }
        waiters.add(tell)
      })
    }
  }

  const channel = defineChannel({
    id,
    account: Type.Object({ token: Type.Optional(Type.String({ secret: true })) }),
    traits: {
      maxText: 4000,
      lengthUnit: 'utf16',
      markup: 'plain',
      delivery: options.canFind ? 'effectively-once' : 'at-least-once',
      ...options.traits,
    },
    async connect(account): Promise<Link> {
      accounts.set(account.id, account)
      live++
      account.report('online')
      queueMicrotask(changed)
      return {
        async send(message, signal): Promise<Receipt> {
          await held
          signal.throwIfAborted()
          const failing = failures.shift()
          if (failing !== undefined) throw failing
          sent.push({
            account: account.id,
            peer: message.peer,
            text: message.text,
            idempotencyKey: message.idempotencyKey,
            message,
          })
          changed()
          const loss = lost.shift()
          if (loss !== undefined) throw loss
          return { messages: [`m${sent.length}`] }
        },
        async typing() {
          typed++
        },
        ...(options.canFind
          ? {
              async find(_peer: Peer, key: string) {
                const at = sent.findIndex(({ idempotencyKey }) => idempotencyKey === key)
                return at === -1 ? undefined : { messages: [`m${at + 1}`] }
              },
            }
          : {}),
        ...(options.canChange
          ? {
              edit: async (peer: Peer, message: string, text: string) =>
                void done.push(`${peer.id}: edit ${message} ${text}`),
              delete: async (peer: Peer, message: string) => void done.push(`${peer.id}: delete ${message}`),
              react: async (peer: Peer, message: string, emoji: string) =>
                void done.push(`${peer.id}: react ${message} ${emoji}`),
            }
          : {}),
        async [Symbol.asyncDispose]() {
          live--
          if (accounts.get(account.id) === account) accounts.delete(account.id)
        },
      }
    },
  })

  const accountOf = (name: string) => {
    const account = accounts.get(name)
    if (!account) throw failure('unavailable', `${id}/${name} has no link`)
    return account
  }

  return {
    plugin: channelPlugin(channel),
    sent,
    done,
    async waitSent(count) {
      await until(() => sent.length >= count)
      return sent[count - 1]!
    },
    async say(text, from = {}) {
      const sender = from.sender ?? 'user1'
      const event = from.event ?? `e${++events}`
      await accountOf(from.account ?? 'default').receive({
        event,
        message: from.message ?? event,
        kind: from.kind ?? 'message',
        peer: from.peer ?? { kind: 'direct', id: sender },
        sender: { id: sender, ...(from.name ? { name: from.name } : {}), ...(from.bot ? { bot: true } : {}) },
        text,
        atMs: options.now?.() ?? Date.UTC(2026, 0, 1),
        ...(from.mentioned === undefined ? {} : { mentioned: from.mentioned }),
        ...(from.attachments ? { attachments: from.attachments } : {}),
      })
    },
    click: (choice, { sender, peer = { kind: 'direct', id: sender } }) =>
      accountOf('default').choose({ event: `c${++events}`, sender, peer, choice }),
    presence: (sender, state) => accountOf('default').presence(sender, state),
    get typed() {
      return typed
    },
    connected: (account = 'default') => until(() => accounts.has(account)),
    drop: (account = 'default', detail) => accountOf(account).report('offline', detail ?? 'the platform went away'),
    failSends: (...next) => void failures.push(...next),
    loseReceipts: (...next) => void lost.push(...next),
    holdSends() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    get live() {
      return live
    },
  }
}
