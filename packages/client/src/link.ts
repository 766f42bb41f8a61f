import {
  errorFrame,
  failure,
  frameKind,
  rpcNumbers,
  toFailure,
  type Failure,
  type FrameId,
  type MethodTable,
  type Params,
  type RequestFrame,
  type ResponseFrame,
  type Result,
} from '@openclaw/protocol'
import type { Static, TSchema } from 'typebox'
import { rawText } from './raw.ts'
import type { Transport } from './transport.ts'

/** What crosses a wire, seen from one side: the tables of what we call and serve, tell and hear. */
export interface Contract {
  readonly calls?: MethodTable
  readonly serves?: MethodTable
  readonly tells?: Readonly<Record<string, TSchema>>
  readonly hears?: Readonly<Record<string, TSchema>>
}
type Table<T> = T extends MethodTable ? T : MethodTable
type Names<T> = T extends object ? keyof T & string : string
type Payload<T, E extends string> = T extends Readonly<Record<E, TSchema>> ? Static<T[E]> : unknown

export interface CallOptions {
  /** Ends the waiting with the signal's reason, and tells the other side to stop. */
  readonly signal?: AbortSignal
  /** Fails with `aborted` after so long. No limit when absent. */
  readonly timeoutMs?: number
}

/** What a handler gets beside the params. The signal aborts when the caller gave up or the wire closed. */
export interface Incoming {
  readonly signal: AbortSignal
}
export type Handle = (params: unknown, incoming: Incoming) => unknown

/** One function for each row of a method table. */
export type Serves<T extends MethodTable> = {
  readonly [M in keyof T]: (params: Params<T[M]>, incoming: Incoming) => Result<T[M]> | Promise<Result<T[M]>>
}

export interface LinkOptions<C extends Contract = Contract> {
  /** Answers requests: a function for each method, or one that looks them up. Params are not checked here. */
  readonly handlers?: C['serves'] extends MethodTable
    ? Serves<C['serves']>
    : Readonly<Record<string, Handle>> | ((method: string) => Handle | undefined)
  /** Called for each notification, in order of arrival. A throw goes to `onError`. */
  readonly onNotification?: <E extends Names<C['hears']>>(event: E, payload: Payload<C['hears'], E>) => void
  /** What a notification listener threw; thrown on when absent. */
  readonly onError?: (thrown: unknown) => void
  /** Most calls of ours that may wait; the next one fails with `rate_limited`. 10,000 when absent. */
  readonly maxPending?: number
  /** Most calls of the other side that are worked on at once; the next one is answered `rate_limited`. 10,000 when absent. */
  readonly maxIncoming?: number
  /** Calls back once; for clocks that are not the real one. */
  readonly after?: (ms: number, call: () => void) => Disposable
}

/** One side of a JSON-RPC 2.0 conversation. Both sides may call, serve and notify. */
export interface Wire<C extends Contract = Contract> extends AsyncDisposable {
  /** Rejects with what the other side answered, `unavailable` when the wire closes first, `aborted` when given up. */
  call<M extends keyof Table<C['calls']> & string>(
    method: M,
    params: Params<Table<C['calls']>[M]>,
    options?: CallOptions,
  ): Promise<Result<Table<C['calls']>[M]>>
  /** Tells without an answer. A promise comes back when the other side is slow: wait for it before telling more. */
  notify<E extends Names<C['tells']>>(event: E, payload: Payload<C['tells'], E>): void | Promise<void>
  /** Resolves once the wire is closed, with the reason if it was not an orderly end. */
  readonly closed: Promise<Failure | undefined>
  /** Ends the conversation: calls that wait fail, handlers' signals abort. */
  close(reason?: Failure): void
}

/** A notification of ours, in the name space JSON-RPC 2.0 reserves: the caller of this request gave up. */
const cancel = 'rpc.cancel'

/** A request of the other side that is being worked on. */
interface Job {
  control?: AbortController
  over?: Failure
}

/** A request of ours that waits. */
interface Pending {
  resolve(result: unknown): void
  reject(thrown: unknown): void
  done(): void
}

/** Speaks JSON-RPC 2.0 over a transport: correlation, notifications, cancelling, timeouts, and an answer to what is malformed. */
export function link<C extends Contract = Contract>(transport: Transport, options: LinkOptions<C> = {}): Wire<C> {
  const { maxPending = 10_000, maxIncoming = 10_000, after = realTimer } = options
  const handlers = options.handlers as
    | Readonly<Record<string, Handle>>
    | ((method: string) => Handle | undefined)
    | undefined
  const lookUp =
    typeof handlers === 'function'
      ? handlers
      : (method: string) => (handlers && Object.hasOwn(handlers, method) ? handlers[method] : undefined)
  const heard = options.onNotification as ((event: string, payload: unknown) => void) | undefined
  const pending = new Map<FrameId, Pending>()
  const working = new Map<FrameId, Job>()
  const ended = Promise.withResolvers<Failure | undefined>()
  let nextId = 0
  let open = true

  const answer = (frame: ResponseFrame) => void transport.send(JSON.stringify(frame))
  const succeed = (id: FrameId, result: unknown) => {
    const text = rawText(result) ?? JSON.stringify(result ?? null)
    void transport.send(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${text}}`)
  }

  function receive(text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return answer(
        errorFrame(
          null,
          failure('invalid_params', 'the frame is not JSON; send one JSON-RPC 2.0 object per frame'),
          rpcNumbers.parse,
        ),
      )
    }
    const kind = frameKind(value)
    if (kind === 'response') return settle(value as ResponseFrame)
    if (kind === 'request') return serve(value as RequestFrame)
    if (kind === 'notification') return hear(value as RequestFrame)
    const what = Array.isArray(value)
      ? 'batches are not taken; send one request per frame'
      : 'the frame is not a JSON-RPC 2.0 request, notification or response'
    answer(errorFrame(readId(value), failure('invalid_params', what), rpcNumbers.request))
  }

  function settle(frame: ResponseFrame): void {
    const waiting = frame.id === null ? undefined : pending.get(frame.id)
    if (!waiting) return
    waiting.done()
    if (!frame.error) return waiting.resolve(frame.result)
    const { data, message } = frame.error
    const known = toFailure(data ?? { code: 'internal', message })
    waiting.reject(failure(known.code, known.message, known))
  }

  function serve({ id, method, params }: RequestFrame): void {
    const handle = lookUp(method)
    if (!handle)
      return answer(errorFrame(id, failure('not_found', `there is no method "${clip(method)}"`), rpcNumbers.method))
    if (working.has(id))
      return answer(
        errorFrame(
          id,
          failure('conflict', `a request with the id ${JSON.stringify(id)} is still being answered`),
          rpcNumbers.request,
        ),
      )
    if (working.size >= maxIncoming)
      return answer(
        errorFrame(id, failure('rate_limited', `${maxIncoming} requests are being answered; wait for some of them`)),
      )
    const job: Job = {}
    working.set(id, job)
    const incoming: Incoming = {
      // Made only when somebody looks at it: most handlers answer at once.
      get signal() {
        job.control ??= new AbortController()
        if (job.over) job.control.abort(job.over)
        return job.control.signal
      },
    }
    const finish = (reply: () => void) => {
      if (!open) return
      working.delete(id)
      reply()
    }
    const fail = (thrown: unknown) => finish(() => answer(errorFrame(id, thrown)))
    const give = (result: unknown) =>
      finish(() => {
        try {
          succeed(id, result)
        } catch (thrown) {
          answer(
            errorFrame(
              id,
              failure('internal', `the answer to ${clip(method)} cannot be written as JSON`, { cause: thrown }),
            ),
          )
        }
      })
    try {
      const result = handle(params, incoming)
      if (isPromise(result)) result.then(give, fail)
      else give(result)
    } catch (thrown) {
      fail(thrown)
    }
  }

  function hear({ method, params }: { method: string; params?: unknown }): void {
    if (method === cancel) {
      const id = (params as { id?: FrameId } | undefined)?.id
      const job = id === undefined ? undefined : working.get(id)
      return job && stop(job, failure('aborted', 'the caller gave up'))
    }
    try {
      heard?.(method, params)
    } catch (thrown) {
      if (!options.onError) throw thrown
      options.onError(thrown)
    }
  }

  function end(reason?: Failure): void {
    if (!open) return
    open = false
    const why = gone(reason)
    for (const { done, reject } of [...pending.values()]) {
      done()
      reject(why)
    }
    for (const job of working.values()) stop(job, why)
    working.clear()
    ended.resolve(reason)
  }

  function call(method: string, params: unknown, { signal, timeoutMs }: CallOptions = {}): Promise<unknown> {
    if (!open) return Promise.reject(gone())
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (pending.size >= maxPending)
      return Promise.reject(failure('rate_limited', `${maxPending} calls wait for an answer; ${method} was not sent`))
    const id = ++nextId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const giveUp = (reason: unknown) => {
      pending.get(id)?.done()
      reject(reason)
      void transport.send(JSON.stringify({ jsonrpc: '2.0', method: cancel, params: { id } }))
    }
    const onAbort = () => giveUp(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    const timer =
      timeoutMs === undefined
        ? undefined
        : after(timeoutMs, () => giveUp(failure('aborted', `${method} was not answered within ${timeoutMs} ms`)))
    const done = () => {
      pending.delete(id)
      signal?.removeEventListener('abort', onAbort)
      timer?.[Symbol.dispose]()
    }
    pending.set(id, { resolve, reject, done })
    try {
      const text = rawText(params)
      void transport.send(
        text === undefined
          ? JSON.stringify({ jsonrpc: '2.0', id, method, params })
          : `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${text}}`,
      )
    } catch (thrown) {
      done()
      reject(thrown)
    }
    return promise
  }

  transport.onClose(end)
  transport.onMessage(receive)
  const close = (reason?: Failure) => {
    transport.close()
    end(reason)
  }
  return {
    call: call as Wire<C>['call'],
    notify: (event, payload) => {
      if (open) return transport.send(JSON.stringify({ jsonrpc: '2.0', method: event, params: payload }))
    },
    closed: ended.promise,
    close,
    async [Symbol.asyncDispose]() {
      close()
    },
  }
}

function stop(job: Job, why: Failure): void {
  job.over = why
  job.control?.abort(why)
}
const gone = (reason?: Failure) =>
  failure(
    'unavailable',
    reason ? `the connection closed: ${reason.message}` : 'the connection closed before the answer came',
  )
const isPromise = (value: unknown): value is Promise<unknown> =>
  value instanceof Promise || typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
const clip = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** The id of something that is not quite a request, so that its sender can tell which one it was. */
function readId(value: unknown): FrameId | null {
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined
  return (typeof id === 'string' && id.length <= 128) || Number.isSafeInteger(id) ? (id as FrameId) : null
}

function realTimer(ms: number, call: () => void): Disposable {
  const timer = setTimeout(call, ms)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
