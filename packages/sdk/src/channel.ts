import type { Attachment, Inbound, Outbound, Peer, Receipt } from '@openclaw/protocol'
import type { Static, TSchema } from 'typebox'
import type { Scope, Store } from './scope.ts'

/** What a platform can do, as far as the kernel must know. */
export interface Traits {
  /** Longest text of one message, after rendering, in `lengthUnit`. */
  readonly maxText: number
  readonly lengthUnit: 'utf16' | 'bytes' | 'codepoints'
  readonly markup: 'plain' | 'markdown' | 'html' | 'mrkdwn'
  readonly threads?: boolean
  readonly media?: boolean
  readonly edits?: boolean
  readonly history?: boolean
  /** What the platform allows us to promise of an outbound cut in the middle. */
  readonly delivery: 'effectively-once' | 'at-least-once' | 'at-most-once'
}

/** One identity on a platform, handed to `connect`. Everything opened for it belongs to its scope. */
export interface Account<C = unknown> extends Scope {
  readonly id: string
  readonly config: C
  readonly store: Store
  readonly fetch: typeof fetch
  /**
   * Hands an event to the kernel. Resolves when it is durable: only then may the platform's cursor advance or a
   * webhook answer 200. Rejects when it could not be stored; the platform must then deliver it again.
   */
  receive(event: Inbound): Promise<void>
  /**
   * Serves `/webhooks/<channel>/<account>`. `verify` sees the raw body first; what it refuses answers 401 and is
   * neither parsed nor stored. Without a call there is no route.
   */
  webhook(route: {
    verify(request: Request, body: Uint8Array): boolean | Promise<boolean>
    handle(request: Request, body: Uint8Array): Response | Promise<Response>
  }): URL
  /** Tells the state of the link; the kernel reconnects after `offline`. `fatal` parks the account until a person acts. */
  report(state: 'connecting' | 'online' | 'degraded' | 'offline', detail?: string, fatal?: boolean): void
  /** Somebody on the platform is typing. */
  typing(peer: Peer, on: boolean): void
  presence(sender: string, state: 'online' | 'away' | 'offline'): void
  /** A choice of an earlier outbound was clicked. */
  choose(event: {
    readonly event: string
    readonly sender: string
    readonly peer: Peer
    readonly choice: string
  }): Promise<void>
}

/** One live connection of an account. The presence of an optional method is the capability. */
export interface Link extends AsyncDisposable {
  /** Sends one chunk, already within the limit. Throws a failure with `rate_limited` and `retryAfterMs` when asked to wait. */
  send(message: Outbound, signal: AbortSignal): Promise<Receipt>
  edit?(peer: Peer, message: string, text: string, signal: AbortSignal): Promise<void>
  react?(peer: Peer, message: string, emoji: string, signal: AbortSignal): Promise<void>
  /** Shows "typing" once; the kernel repeats it every 4 seconds while a run works. */
  typing?(peer: Peer, signal: AbortSignal): Promise<void>
  /** Streams an attachment by its platform handle; the first step of a run stores it. */
  fetch?(attachment: Attachment, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
  /** Was this outbound already delivered? Asked before anything is sent again. */
  find?(peer: Peer, idempotencyKey: string, signal: AbortSignal): Promise<Receipt | undefined>
  /** One real round trip, for `channels status --probe`. */
  probe?(signal: AbortSignal): Promise<string>
}

/** A messaging platform. It only translates: reconnect, dedupe, order, retry, pairing, gating and sessions are the kernel's. */
export interface Channel<A extends TSchema = TSchema> {
  readonly id: string
  /** Schema of one account's configuration. */
  readonly account: A
  readonly traits: Traits
  /** Markdown to pieces in the platform's markup, each within the limit. The kernel cuts plain text when absent. */
  render?(markdown: string): readonly string[]
  /** Opens the link of one account. Throws `unauthorized` for a refused login, `unavailable` for what may heal. */
  connect(account: Account<Static<A>>): Promise<Link>
}

/** Declares the `channel` entry of a plugin; the default export of its module. */
export function defineChannel<const A extends TSchema>(channel: Channel<A>): Channel<A> {
  return channel
}
