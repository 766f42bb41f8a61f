import type {
  Content,
  EventEnvelope,
  Inbound,
  Method,
  MethodTable,
  Outbound,
  Params,
  Result,
  Right,
  Role,
} from '@openclaw/protocol'
import type { Static, TSchema } from 'typebox'
import type { OpenSandbox, Sandboxing } from './sandbox.ts'
import type { Clock, Scope, Store } from './scope.ts'

/** Who calls a method. */
export interface Caller {
  readonly principal: string
  readonly role: Role
  readonly rights: readonly Right[]
  readonly signal: AbortSignal
  /** The person for whom a run calls, as `channel/account/person`; absent when it works for the owner. */
  readonly sender?: string
}

/** One function for each row of a method table. Params are checked before, results in tests. */
export type Handlers<M extends MethodTable> = {
  readonly [K in keyof M]: (params: Params<M[K]>, caller: Caller) => Result<M[K]> | Promise<Result<M[K]>>
}

/** What each interceptor sees, and how it can stop it. A throw stops the value too: interceptors fail closed. */
export interface Interceptors {
  /** Before routing; the owner of the plugin sees message text here. */
  inbound: { value: { readonly channel: string; readonly account: string; readonly event: Inbound }; verdict: 'drop' }
  /** Before a run; `note` is added to the prompt and journaled with the run. */
  prompt: { value: { readonly session: string; readonly role: Role; readonly note: string }; verdict: never }
  'tool.call': {
    value: { readonly session: string; readonly tool: string; readonly input: unknown; readonly role: Role }
    verdict: { readonly deny: string } | { readonly ask: string }
  }
  'tool.result': {
    value: {
      readonly session: string
      readonly tool: string
      readonly content: readonly Content[]
      readonly failed: boolean
    }
    verdict: never
  }
  outbound: {
    value: { readonly channel: string; readonly account: string; readonly message: Outbound }
    verdict: 'drop'
  }
}
export type InterceptorName = keyof Interceptors
type Awaitable<T> = T | Promise<T>

/** Nothing: go on. `replace`: go on with another value. `stop`: the verdict. They run one after the other. */
export type Interceptor<K extends InterceptorName> = (
  value: Interceptors[K]['value'],
  signal: AbortSignal,
) => Awaitable<
  undefined | void | { readonly replace: Interceptors[K]['value'] } | { readonly stop: Interceptors[K]['verdict'] }
>

/** What a gateway entry adds. */
export interface Extension<M extends MethodTable = MethodTable> {
  readonly handlers?: Handlers<M>
  /** Everything under `/<id>/`, behind auth unless the manifest says `public`. Bring any router. */
  fetch?(request: Request): Awaitable<Response>
  /** A way of its own to tell who calls; asked only when no credential of ours was sent. */
  authenticate?(request: Request): Awaitable<{ readonly principal: string } | undefined>
  /** Confines the tools of those who are not the owner, or of everybody: as the configuration says. */
  readonly sandbox?: OpenSandbox | Sandboxing
  readonly intercept?: {
    readonly [K in InterceptorName]?:
      | Interceptor<K>
      | { readonly order: 'first' | 'last'; readonly handle: Interceptor<K> }
  }
}

export interface GatewaySetup<C = unknown> extends Scope {
  readonly config: C
  readonly store: Store
  /** The host's time: every wait and every moment of an entry goes by it. */
  readonly clock: Clock
  /** The address under which people reach this gateway. */
  readonly address: URL
  /** Watches events; a listener's throw is logged and goes no further. */
  on(event: string, listen: (event: EventEnvelope) => void): Disposable
  /** Calls a method that the manifest names. */
  call(method: string, params?: object): Promise<unknown>
}

export interface Gateway<C extends TSchema = TSchema, M extends MethodTable = MethodTable> {
  readonly id: string
  readonly config: C
  /** Rows that this entry serves; names begin with `<id>.`. */
  readonly methods?: M
  setup(setup: GatewaySetup<Static<C>>): Extension<M> | Promise<Extension<M>>
}

/** Declares the `gateway` entry of a plugin; the default export of its module. */
export function defineGateway<const C extends TSchema, const M extends MethodTable>(
  gateway: Gateway<C, M>,
): Gateway<C, M> {
  return gateway
}
export type { Method, MethodTable }
