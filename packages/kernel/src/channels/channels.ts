import { failure, type Config } from '@openclaw/protocol'
import type { Account, Click, Chosen, Command, Link, Log, Scope, Store } from '@openclaw/sdk'
import type { OwnedScope } from '@openclaw/sdk/host'
import type { Inbound } from '@openclaw/protocol'
import type { Emit } from '../events.ts'
import type { Platform } from '../platform.ts'
import type { PluggedChannel } from '../plugins/host.ts'
import { makeAccount, type AccountMachine, type AccountStatus } from './account.ts'
import { probe, type Probe } from './probe.ts'

/** All accounts of all channels. */
export interface Channels extends AsyncDisposable {
  /** Starts what the configuration names and is not running; stops what it no longer names. */
  sync(config: Config, channels: ReadonlyMap<string, { readonly channel: PluggedChannel }>): Promise<void>
  status(channel?: string): AccountStatus[]
  start(channel: string, account?: string): void
  stop(channel: string, account?: string): Promise<void>
  /**
   * Stops an account, does the work, and connects it with what is in force then. Nobody else starts it meanwhile; there
   * need be none before or after.
   */
  change<T>(channel: string, account: string, work: () => Promise<T>): Promise<T>
  /** One real round trip through each link, all at once. What goes wrong is an answer, not an error. */
  probe(channel?: string, account?: string): Promise<Probe[]>
  link(channel: string, account: string): { readonly link: Link; readonly channel: PluggedChannel } | undefined
  onOnline(listen: (channel: string, account: string) => void): Disposable
  sent(channel: string, account: string): void
  /** The webhook route of an account, while it has one. */
  webhook(channel: string, account: string): Parameters<Account['webhook']>[0] | undefined
}

export function openChannels(parts: {
  platform: Platform
  log: Log
  emit: Emit
  address(): string
  store(channel: string, account: string): Store
  configure(channel: string, account: string, schema: object): Promise<unknown>
  makeScope(label: string): OwnedScope
  receive(channel: string, account: string, event: Inbound): Promise<void>
  choose(channel: string, account: string, click: Click): Promise<Chosen>
  commands: readonly Command[]
  openMedia: Account['open']
  mask(text: string): string
  /** Why no account may connect; undefined when they may. */
  waits(): string | undefined
}): Channels {
  const accounts = new Map<
    string,
    { machine: AccountMachine; channel: PluggedChannel; account: string; config: string }
  >()
  const routes = new Map<string, Parameters<Account['webhook']>[0]>()
  const held = new Set<string>()
  let closed = false
  const listeners = new Set<(channel: string, account: string) => void>()
  const key = (channel: string, account: string) => `${channel}/${account}`

  function make(channel: PluggedChannel, account: string): AccountMachine {
    return makeAccount({
      platform: parts.platform,
      log: parts.log,
      store: parts.store(channel.id, account),
      channel,
      id: account,
      mask: parts.mask,
      configure: () => parts.configure(channel.id, account, channel.account),
      makeScope: parts.makeScope,
      receive: (event) => parts.receive(channel.id, account, event),
      choose: (click) => parts.choose(channel.id, account, click),
      commands: parts.commands,
      openMedia: parts.openMedia,
      webhook(scope: Scope, route) {
        const at = key(channel.id, account)
        if (routes.has(at)) throw failure('conflict', `${at}: the webhook is served already`)
        routes.set(at, route)
        scope.defer(() => void routes.delete(at), 'webhook')
        return new URL(`/webhooks/${encodeURIComponent(channel.id)}/${encodeURIComponent(account)}`, parts.address())
      },
      typing: (peer, on, sender) =>
        parts.emit('peer.typing', { channel: channel.id, account, peer, on, ...(sender ? { sender } : {}) }),
      presence: (sender, state) => parts.emit('presence', { channel: channel.id, account, sender, state }),
      changed(status) {
        parts.emit('channel.state', status)
        if (status.state === 'online') for (const listen of listeners) listen(channel.id, account)
      },
    })
  }

  function begin(machine: AccountMachine) {
    if (parts.waits() === undefined) machine.start()
  }

  function named(channel: string, account?: string) {
    const found = [...accounts.values()].filter(
      (one) => one.channel.id === channel && (account === undefined || one.account === account),
    )
    if (found.length === 0) {
      throw failure(
        'not_found',
        `channels: there is no account ${key(channel, account ?? '*')}; see \`openclaw channels list\``,
      )
    }
    return found
  }

  return {
    async sync(config, channels) {
      const wanted = new Map<string, { channel: PluggedChannel; account: string; config: string }>()
      for (const [id, { channel }] of channels) {
        const section = config.channels?.[id]
        if (!section || section.enabled === false) continue
        for (const [account, value] of Object.entries(section.accounts ?? {})) {
          wanted.set(key(id, account), { channel, account, config: JSON.stringify(value) })
        }
      }
      await Promise.all(
        [...accounts].map(async ([at, one]) => {
          const next = wanted.get(at)
          if (next && next.channel === one.channel && next.config === one.config) return
          accounts.delete(at)
          await one.machine[Symbol.asyncDispose]()
        }),
      )
      for (const [at, { channel, account, config: text }] of wanted) {
        // A round that began before the end must not connect anything after it.
        if (closed || accounts.has(at)) continue
        const machine = make(channel, account)
        accounts.set(at, { machine, channel, account, config: text })
        if (!held.has(at)) begin(machine)
      }
    },
    status: (channel) =>
      [...accounts.values()]
        .filter((one) => channel === undefined || one.channel.id === channel)
        .map(({ machine }) => machine.status),
    start(channel, account) {
      const waits = parts.waits()
      if (waits !== undefined) throw failure('conflict', waits)
      for (const { machine } of named(channel, account)) machine.start()
    },
    async stop(channel, account) {
      await Promise.all(named(channel, account).map(({ machine }) => machine.stop()))
    },
    async change(channel, account, work) {
      const at = key(channel, account)
      held.add(at)
      try {
        await accounts.get(at)?.machine.stop()
        return await work()
      } finally {
        held.delete(at)
        const there = accounts.get(at)
        if (there) begin(there.machine)
      }
    },
    async probe(channel, account) {
      const asked = channel === undefined ? [...accounts.values()] : named(channel, account)
      return await Promise.all(asked.map(({ machine }) => probe(machine, parts)))
    },
    link(channel, account) {
      const one = accounts.get(key(channel, account))
      return one?.machine.link && { link: one.machine.link, channel: one.channel }
    },
    onOnline(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    sent: (channel, account) => accounts.get(key(channel, account))?.machine.sent(),
    webhook: (channel, account) => routes.get(key(channel, account)),
    async [Symbol.asyncDispose]() {
      closed = true
      await Promise.all([...accounts.values()].map(({ machine }) => machine[Symbol.asyncDispose]()))
      accounts.clear()
    },
  }
}
