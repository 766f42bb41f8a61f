import { toFailure, type MethodResult } from '@openclaw/protocol'
import type { Account, Link, Log, Scope, Store } from '@openclaw/sdk'
import { lightFetch, type OwnedScope } from '@openclaw/sdk/host'
import { deadline, within } from '../deadline.ts'
import type { Platform } from '../platform.ts'
import type { PluggedChannel } from '../plugins/host.ts'

export type AccountStatus = MethodResult<'channels.status'>['accounts'][number]

/** What an account's machine needs from outside. */
export interface AccountParts {
  readonly platform: Platform
  readonly log: Log
  readonly store: Store
  readonly channel: PluggedChannel
  readonly id: string
  /** Takes the secrets out of what a platform or its library says. */
  mask(text: string): string
  /** The account's configuration with its secrets; throws with every problem when it is not valid. */
  configure(): Promise<unknown>
  makeScope(label: string): OwnedScope
  receive: Account['receive']
  choose: Account['choose']
  commands: Account['commands']
  openMedia: Account['open']
  webhook(scope: Scope, route: Parameters<Account['webhook']>[0]): URL
  presence: Account['presence']
  typing: Account['typing']
  changed(status: AccountStatus): void
}

const connectTimeoutMs = 30_000
const firstDelayMs = 1000
const maxDelayMs = 60_000

/**
 * The one state machine of an account: what `status`, the page and the events say all comes from here. It keeps at most
 * one link alive, reconnects with backoff and jitter, and parks what only a person can mend.
 */
export interface AccountMachine extends AsyncDisposable {
  readonly status: AccountStatus
  readonly link: Link | undefined
  start(): void
  stop(): Promise<void>
  /** Resolves when it is not about to connect any more; rejects with the reason of the signal. */
  settled(signal: AbortSignal): Promise<void>
  sent(): void
}

export function makeAccount(parts: AccountParts): AccountMachine {
  const { platform, channel, id, log } = parts
  const name = `${channel.id}/${id}`
  let status: AccountStatus = {
    channel: channel.id,
    account: id,
    state: 'stopped',
    since: platform.clock.now(),
    attempts: 0,
  }
  let link: Link | undefined
  let wanted: AbortController | undefined
  let loop: Promise<void> = Promise.resolve()
  let lost: (() => void) | undefined
  let turned = Promise.withResolvers<void>()

  function enter(state: AccountStatus['state'], detail?: string, more: Partial<AccountStatus> = {}) {
    const { detail: _former, nextAttemptAt: _next, ...rest } = status
    const since = state === status.state ? status.since : platform.clock.now()
    status = { ...rest, state, since, ...(detail ? { detail: parts.mask(detail) } : {}), ...more }
    parts.changed(status)
    turned.resolve()
    turned = Promise.withResolvers()
  }

  /** One life of a link: connects, holds until it is lost or stopped, closes. */
  async function live(signal: AbortSignal): Promise<{ fatal: boolean; detail: string }> {
    const owned = parts.makeScope(name)
    let end: { fatal: boolean; detail: string } = { fatal: false, detail: 'the link was lost' }
    const { promise: over, resolve } = Promise.withResolvers<void>()
    lost = resolve
    signal.addEventListener('abort', () => resolve(), { once: true })
    try {
      enter('connecting')
      const config = await parts.configure()
      using limit = deadline(platform.clock, connectTimeoutMs, `${name}: connecting`, signal)
      const account: Account = {
        ...owned.scope,
        id,
        config,
        store: parts.store,
        fetch: lightFetch,
        clock: platform.clock,
        commands: parts.commands,
        open: parts.openMedia,
        receive: (event) =>
          parts.receive(event).then(() => {
            status = { ...status, lastInboundAt: platform.clock.now() }
          }),
        choose: parts.choose,
        webhook: (route) => parts.webhook(owned.scope, route),
        typing: parts.typing,
        presence: parts.presence,
        report(state, detail, fatal = false) {
          if (state !== 'offline') {
            // Nothing can be sent before `connect` returned the link: until then it counts as connecting.
            if (link) enter(state, detail)
            return
          }
          end = { fatal, detail: detail ?? 'the platform closed the link' }
          resolve()
        },
      }
      const connecting = channel.connect(account)
      // A connection that comes after its time is closed, so that there is never a second one.
      connecting.then((late) => (limit.signal.aborted ? late[Symbol.asyncDispose]() : undefined)).catch(() => {})
      link = await within(connecting, limit.signal)
      enter('online', undefined, { attempts: 0 })
      await over
    } catch (error) {
      const failure = toFailure(error)
      const fatal = ['unauthorized', 'forbidden', 'invalid_config', 'unsupported'].includes(failure.code)
      end = { fatal, detail: failure.message }
    } finally {
      const closing = link
      link = undefined
      await closing?.[Symbol.asyncDispose]().then(undefined, (error: unknown) =>
        log.warn(`${name}: closing the link failed`, { error: toFailure(error).message }),
      )
      await owned[Symbol.asyncDispose]()
    }
    return end
  }

  async function run(signal: AbortSignal) {
    while (!signal.aborted) {
      const { fatal, detail } = await live(signal)
      if (signal.aborted) break
      if (fatal) {
        enter('parked', detail)
        log.error(`${name} is parked: ${detail}`)
        return
      }
      const attempts = status.attempts + 1
      const delay = Math.min(firstDelayMs * 2 ** (attempts - 1), maxDelayMs) * (0.75 + platform.random.number() / 2)
      enter('offline', detail, { attempts, nextAttemptAt: Math.round(platform.clock.now() + delay) })
      log.warn(`${name} is offline: ${detail}`)
      await platform.clock.sleep(delay, signal).catch(() => {})
    }
    enter('stopped', undefined, { attempts: 0 })
  }

  const starts = () => status.state === 'stopped' && wanted !== undefined && !wanted.signal.aborted

  return {
    get status() {
      return status
    },
    get link() {
      return status.state === 'online' || status.state === 'degraded' ? link : undefined
    },
    start() {
      if (wanted && !wanted.signal.aborted && status.state !== 'parked') return
      wanted = new AbortController()
      const { signal } = wanted
      loop = loop.then(() => run(signal))
    },
    async stop() {
      wanted?.abort()
      lost?.()
      await loop
      if (status.state !== 'stopped') enter('stopped')
    },
    async settled(signal) {
      while (status.state === 'connecting' || starts()) await within(turned.promise, signal)
    },
    sent() {
      status = { ...status, lastOutboundAt: platform.clock.now() }
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
    },
  }
}
