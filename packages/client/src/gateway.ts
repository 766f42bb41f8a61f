import {
  failure,
  toFailure,
  type EventEnvelope,
  type EventName,
  type EventPayload,
  type Failure,
  type MethodParams,
  type MethodResult,
  type Methods,
} from '@openclaw/protocol'
import { link, type CallOptions, type Wire } from './link.ts'
import { openStreams, type Gap } from './streams.ts'
import type { Transport } from './transport.ts'
import { webSocketTransport } from './websocket.ts'

/** How it stands with the connection. `closed` is for good: closed by us, or refused by the gateway. */
export type GatewayState = 'online' | 'offline' | 'closed'

export interface GatewayClientOptions {
  /** `http:`, `https:`, `ws:` or `wss:` address of the gateway. Not needed with `open`. */
  readonly url?: string | URL
  /** What is shown at `connect`; a function is asked for each new connection. */
  readonly auth?: MethodParams<'connect'>['auth'] | (() => MethodParams<'connect'>['auth'])
  readonly client: MethodParams<'connect'>['client']
  readonly kind?: 'control' | 'node'
  /** Another way to reach it, e.g. half of a linked pair. */
  readonly open?: () => Transport | Promise<Transport>
  /** False: a connection that ends is not opened again. */
  readonly reconnect?: boolean
  /** For calls that name none. 60 s when absent. */
  readonly timeoutMs?: number
  /** Calls back once; for clocks that are not the real one. */
  readonly after?: (ms: number, call: () => void) => Disposable
}

/** A connected client of a gateway. It connects again by itself, and fetches the events that it missed. */
export interface GatewayClient extends AsyncDisposable {
  readonly state: GatewayState
  /** What the last `connect` answered: principal, rights, session, and once the token for a link. */
  readonly hello: MethodResult<'connect'>
  /** Rejects with what the gateway answered; `unavailable` while offline, also when the connection breaks before the answer. */
  call<M extends keyof Methods>(method: M, params: MethodParams<M>, options?: CallOptions): Promise<MethodResult<M>>
  /** A method that a plugin serves. */
  callPlugin(method: string, params?: object, options?: CallOptions): Promise<unknown>
  on<E extends EventName>(event: E, listen: (payload: EventPayload<E>, envelope: EventEnvelope) => void): Disposable
  /** Events were missed and cannot be had again: read again what is shown. */
  onGap(listen: (gap: Gap) => void): Disposable
  /** When it is online again, events of sessions from which none was heard before may have been missed: read those again. */
  onState(listen: (state: GatewayState, why?: Failure) => void): Disposable
  /** When the next attempt to connect begins, in ms since 1970; undefined unless it waits for one. */
  readonly retryAtMs: number | undefined
  /** Connects now instead of when the wait is over. */
  retry(): void
  close(): void
}

const firstDelayMs = 250
const lastDelayMs = 15_000
/** A connection that was silent for so long is asked whether it still is one. */
const quietMs = 30_000
const answerMs = 10_000

/**
 * Connects to a gateway. Rejects when the first attempt fails: `unavailable` when nobody answers, `unauthorized`,
 * `forbidden` or `rate_limited` when the gateway refuses. After that it reconnects with growing delays until it is
 * closed or refused.
 */
export async function connectGateway(options: GatewayClientOptions): Promise<GatewayClient> {
  const { client, kind = 'control', timeoutMs = 60_000, after = realTimer } = options
  const listeners = new Map<string, Set<(payload: never, envelope: EventEnvelope) => void>>()
  const gaps = new Set<(gap: Gap) => void>()
  const states = new Set<(state: GatewayState, why?: Failure) => void>()
  let state: GatewayState = 'offline'
  let hello: MethodResult<'connect'> | undefined
  let wire: Wire | undefined
  let attempt = 0
  let retryAtMs: number | undefined
  let timer: Disposable | undefined
  let heardAt = 0
  /** A link is good once; from then on its token is shown. */
  let earned: string | undefined

  const change = (next: GatewayState, why?: Failure) => {
    if (state === next || state === 'closed') return
    state = next
    for (const listen of [...states]) listen(next, why)
  }
  const streams = openStreams({
    since: (params) => call('events.since', params) as Promise<MethodResult<'events.since'>>,
    deliver: (envelope) => {
      for (const listen of [...(listeners.get(envelope.event) ?? [])]) listen(envelope.payload as never, envelope)
    },
    gap: (gap) => {
      for (const listen of [...gaps]) listen(gap)
    },
  })

  function call(method: string, params: unknown, callOptions: CallOptions = {}): Promise<unknown> {
    if (!wire)
      return Promise.reject(
        failure(
          'unavailable',
          state === 'closed' ? `${method}: this client is closed` : `${method}: the gateway cannot be reached just now`,
        ),
      )
    return wire.call(method, params, { timeoutMs, ...callOptions })
  }

  async function connect(): Promise<void> {
    const transport = await (options.open ? options.open() : webSocketTransport(options.url!))
    const fresh = link(heard(transport), {
      onNotification: (event, payload) => streams.take({ event, ...(payload as Omit<EventEnvelope, 'event'>) }),
      onError: (thrown) =>
        queueMicrotask(() => {
          throw thrown
        }),
      after,
    })
    const auth =
      earned === undefined ? (typeof options.auth === 'function' ? options.auth() : options.auth) : { token: earned }
    try {
      hello = (await fresh.call(
        'connect',
        { kind, client, ...(auth ? { auth } : {}) },
        { timeoutMs: answerMs },
      )) as MethodResult<'connect'>
    } catch (thrown) {
      fresh.close()
      throw thrown
    }
    if (state === 'closed') return fresh.close()
    earned = hello.token ?? earned
    attempt = 0
    wire = fresh
    change('online')
    streams.resume(hello.epoch)
    void fresh.closed.then((why) => lost(fresh, why))
    watch(fresh)
  }

  /** Notes when something was heard: silence may be a dead connection. */
  function heard(transport: Transport): Transport {
    return {
      ...transport,
      onMessage: (listen) =>
        transport.onMessage((text) => {
          heardAt = performance.now()
          listen(text)
        }),
    }
  }

  function watch(current: Wire): void {
    if (wire !== current) return
    timer = after(quietMs, () => {
      if (wire !== current) return
      if (performance.now() - heardAt < quietMs) return watch(current)
      // Any answer will do, a refusal too.
      current.call('health', {}, { timeoutMs: answerMs }).then(
        () => watch(current),
        (thrown: unknown) =>
          toFailure(thrown).code === 'aborted'
            ? current.close({ code: 'unavailable', message: 'the gateway does not answer' })
            : watch(current),
      )
    })
  }

  function lost(gone: Wire, why: Failure | undefined): void {
    if (wire !== gone) return
    wire = undefined
    timer?.[Symbol.dispose]()
    if (options.reconnect === false) return change('closed', why)
    change('offline', why)
    again()
  }

  function again(): void {
    if (state === 'closed') return
    const delayMs = Math.min(lastDelayMs, firstDelayMs * 2 ** attempt++) * (0.5 + Math.random() / 2)
    retryAtMs = Date.now() + delayMs
    timer = after(delayMs, retry)
  }

  function retry(): void {
    if (retryAtMs === undefined || state === 'closed') return
    retryAtMs = undefined
    timer?.[Symbol.dispose]()
    connect().catch((thrown: unknown) => {
      const failed = toFailure(thrown)
      if (failed.code === 'unauthorized' || failed.code === 'forbidden' || failed.code === 'unsupported')
        change('closed', failed)
      else again()
    })
  }

  function close(): void {
    const last = wire
    wire = undefined
    timer?.[Symbol.dispose]()
    change('closed')
    last?.close()
  }

  await connect()
  return {
    get state() {
      return state
    },
    get hello() {
      return hello!
    },
    call: call as GatewayClient['call'],
    callPlugin: (method, params = {}, callOptions) => call(method, params, callOptions),
    on(event, listen) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(listen))
      return { [Symbol.dispose]: () => void set.delete(listen) }
    },
    onGap: (listen) => own(gaps, listen),
    onState: (listen) => own(states, listen),
    get retryAtMs() {
      return retryAtMs
    },
    retry,
    close,
    async [Symbol.asyncDispose]() {
      close()
    },
  }
}

function own<T>(set: Set<T>, item: T): Disposable {
  set.add(item)
  return { [Symbol.dispose]: () => void set.delete(item) }
}

function realTimer(ms: number, call: () => void): Disposable {
  const timer = setTimeout(call, ms)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
