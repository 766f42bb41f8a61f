import type { ReadonlySignal } from '@preact/signals'
import type { EventEnvelope, Failure, MethodName, MethodParams, MethodResult } from '@openclaw/protocol'

/** What the gateway said to our `connect`. */
export type Hello = MethodResult<'connect'>

/** How we stand with the gateway. `refused`: without a new link there is no way in. */
export type ConnectionState =
  | { readonly at: 'connecting' }
  | { readonly at: 'open'; readonly hello: Hello }
  | { readonly at: 'waiting'; readonly retryAtMs: number; readonly reason: string }
  | { readonly at: 'refused'; readonly why: 'no-token' | 'link' | 'token' | 'signed-out'; readonly failure?: Failure }

/** The gateway as the rooms see it. */
export interface Gateway extends Disposable {
  readonly state: ReadonlySignal<ConnectionState>
  /** Rejects with a `Failure`; `unavailable` while there is no connection. */
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>
  /** Every event, in order within a session; events that were missed come before later ones. */
  onEvent(listen: (event: EventEnvelope) => void): () => void
  /** After each connect. */
  onOpen(listen: () => void): () => void
  /** Events were missed for good: in one session, or in all when it is undefined. Read again what they would have said. */
  onLost(listen: (session: string | undefined) => void): () => void
  /** Past events of a session that the gateway still has. */
  replay(session: string): Promise<readonly EventEnvelope[]>
  /** Connects now instead of when the wait is over. */
  retry(): void
  /** Tries what a person typed: a one-time link, else a token, else a password. */
  signIn(secret: string): void
  /** Forgets the token and closes. */
  signOut(): void
}
