import { signal } from '@preact/signals'
import { connectGateway, type GatewayClient } from '@openclaw/client'
import type { EventEnvelope, EventName, Failure, MethodParams } from '@openclaw/protocol'
import type { ConnectionState, Gateway } from './gateway.ts'
import { forgetToken, keepToken, readToken, socketAddress, takeLink, type TextStore } from './identity.ts'

type Auth = MethodParams<'connect'>['auth']

/** The events that the rooms listen to. The table itself stays out of the page: it would bring its schemas along. */
const heard = [
  'agent.start',
  'agent.text',
  'agent.thinking',
  'agent.tool.start',
  'agent.tool.progress',
  'agent.tool.result',
  'agent.end',
  'session.line',
  'sessions.changed',
  'channel.state',
  'pairing.requested',
  'pairing.resolved',
  'approval.requested',
  'approval.resolved',
  'plugin.state',
  'config.changed',
] as const satisfies readonly EventName[]

const firstDelayMs = 500
const lastDelayMs = 10_000
const lookMs = 250
/** After these the same credential will not do either. */
const final = new Set(['unauthorized', 'forbidden', 'unsupported'])

/** Connects to the gateway that served this page, and stays connected; the page's address gives a one-time link at most. */
export function openGateway(store: TextStore = localStorage): Gateway {
  const state = signal<ConnectionState>({ at: 'connecting' })
  const listeners = {
    event: new Set<(event: EventEnvelope) => void>(),
    open: new Set<() => void>(),
    lost: new Set<(session: string | undefined) => void>(),
  }
  let client: GatewayClient | undefined
  let look: ReturnType<typeof setInterval> | undefined
  let wait: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  /** Counts the ways in that were begun; only the newest may say anything. */
  let turn = 0

  const tell = <A extends unknown[]>(set: ReadonlySet<(...args: A) => void>, ...args: A) => {
    for (const listen of set) listen(...args)
  }

  async function enter(auth: Auth, why: 'no-token' | 'link' | 'token'): Promise<void> {
    const mine = ++turn
    leave()
    state.value = { at: 'connecting' }
    try {
      const fresh = await connectGateway({
        url: socketAddress(location.href),
        // A link is good once: after it the client shows the token that it got for it.
        auth: () => (auth?.token && readToken(store) ? { token: readToken(store) ?? '' } : auth),
        client: { name: 'control-ui', version: '1', platform: 'web' },
      })
      if (mine !== turn) return fresh.close()
      attempts = 0
      client = fresh
      if (fresh.hello.token) keepToken(store, fresh.hello.token)
      follow(fresh, mine)
    } catch (thrown) {
      if (mine !== turn) return
      const failure = thrown as Failure
      if (final.has(failure.code)) state.value = { at: 'refused', why, failure }
      else waitAndEnter(auth, why, failure)
    }
  }

  function waitAndEnter(auth: Auth, why: 'no-token' | 'link' | 'token', failure: Failure): void {
    const delayMs = failure.retryAfterMs ?? Math.min(lastDelayMs, firstDelayMs * 2 ** attempts++)
    state.value = { at: 'waiting', retryAtMs: Date.now() + delayMs, reason: failure.message }
    again = () => void enter(auth, why)
    wait = setTimeout(again, delayMs)
  }
  let again = () => {}

  function follow(fresh: GatewayClient, mine: number): void {
    for (const event of heard) fresh.on(event, (_, envelope) => tell(listeners.event, envelope))
    fresh.onGap(({ session, all }) => {
      if (all || session !== undefined) tell(listeners.lost, session)
    })
    fresh.onState((now, failure) => {
      if (mine !== turn) return
      clearInterval(look)
      if (now === 'online') arrive()
      else if (now === 'closed') state.value = { at: 'refused', why: 'token', ...(failure ? { failure } : {}) }
      else {
        const show = () => {
          state.value =
            fresh.retryAtMs === undefined
              ? { at: 'connecting' }
              : { at: 'waiting', retryAtMs: fresh.retryAtMs, reason: failure?.message ?? 'The connection ended.' }
        }
        queueMicrotask(show)
        look = setInterval(show, lookMs)
      }
    })
    const arrive = () => {
      state.value = { at: 'open', hello: fresh.hello }
      tell(listeners.open)
    }
    arrive()
  }

  function leave(): void {
    clearInterval(look)
    clearTimeout(wait)
    const last = client
    client = undefined
    last?.close()
  }

  function begin(): void {
    const link = takeLink(location.href)
    if (link) {
      history.replaceState(null, '', link.rest)
      void enter({ link: link.code }, 'link')
    } else {
      const token = readToken(store)
      void enter(token ? { token } : undefined, token ? 'token' : 'no-token')
    }
  }

  function retry(): void {
    if (state.peek().at !== 'waiting') return
    if (client) client.retry()
    else {
      clearTimeout(wait)
      again()
    }
  }

  // A fresh link may be opened in a tab that shows the page already.
  addEventListener('hashchange', () => takeLink(location.href) && begin())
  addEventListener('online', retry)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retry())
  begin()

  const own = <T>(set: Set<T>, listen: T) => {
    set.add(listen)
    return () => void set.delete(listen)
  }
  return {
    state,
    call: (method, params) =>
      client
        ? client.call(method, params)
        : Promise.reject(
            Object.assign(new Error('The gateway cannot be reached just now.'), { code: 'unavailable' as const }),
          ),
    onEvent: (listen) => own(listeners.event, listen),
    onOpen(listen) {
      if (state.peek().at === 'open') queueMicrotask(listen)
      return own(listeners.open, listen)
    },
    onLost: (listen) => own(listeners.lost, listen),
    async replay(session) {
      if (!client) return []
      const { events } = await client.call('events.since', { session, epoch: client.hello.epoch, seq: 0 })
      return events
    },
    retry,
    signIn(secret) {
      const code = /#link=([A-Za-z0-9_-]{1,64})$/.exec(secret)?.[1]
      if (code) return void enter({ link: code }, 'link')
      void enter({ token: secret }, 'token').then(() => {
        if (state.peek().at === 'open') keepToken(store, secret)
        else if (state.peek().at === 'refused') void enter({ password: secret }, 'token')
      })
    },
    signOut() {
      turn += 1
      forgetToken(store)
      leave()
      state.value = { at: 'refused', why: 'signed-out' }
    },
    [Symbol.dispose]() {
      turn += 1
      leave()
    },
  }
}
