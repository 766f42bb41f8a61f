import type { Attachment, Inbound, Outbound, Peer, Receipt, Role } from '@openclaw/protocol'
import type { Static, TSchema } from 'typebox'
import type { Clock, Scope, Store } from './scope.ts'

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
  /** Buttons can stand under a message. Without them the kernel says in words how to decide. */
  readonly choices?: boolean
  /** Least time between two edits of one message, which the live preview keeps to; 1000 ms when absent. */
  readonly editEveryMs?: number
  /** Largest file that can be sent, in bytes. A larger one is named in the text instead. */
  readonly maxFileBytes?: number
  /** What the platform allows us to promise of an outbound cut in the middle. */
  readonly delivery: 'effectively-once' | 'at-least-once' | 'at-most-once'
}

/** A command of the chat, e.g. `/status`, which the kernel handles without a model. */
export interface Command {
  /** Without the slash; lower-case letters. */
  readonly name: string
  /** What it does, in a few words for a menu. */
  readonly about: string
  /** What may follow it, e.g. `[provider/model]`; absent when nothing may. */
  readonly argument?: string
  /** The least role that may use it. */
  readonly role: Role
}

/** A click on a choice of an earlier outbound. */
export interface Click {
  readonly event: string
  readonly sender: string
  readonly peer: Peer
  readonly choice: string
}

/** What became of a click. */
export interface Chosen {
  /** True: it is decided, and the choices may go from the message. False: the click did nothing. */
  readonly taken: boolean
  /** For who clicked. */
  readonly text: string
}

/** One identity on a platform, handed to `connect`. Everything opened for it belongs to its scope. */
export interface Account<C = unknown> extends Scope {
  readonly id: string
  readonly config: C
  readonly store: Store
  readonly fetch: typeof fetch
  readonly clock: Clock
  /**
   * What can be typed as `/name` to the agent, for the platform's own menu. A menu's choice is received as a message
   * with that text and `mentioned: true`.
   */
  readonly commands: readonly Command[]
  /** Streams a stored file, an attachment of an outbound whose `ref` is `media:<sha256>`. */
  open(attachment: Attachment, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
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
  typing(peer: Peer, on: boolean, sender?: string): void
  presence(sender: string, state: 'online' | 'away' | 'offline'): void
  /** A choice of an earlier outbound was clicked. Who may decide is the kernel's to know: hand over every click. */
  choose(click: Click): Promise<Chosen>
}

/** One live connection of an account. The presence of an optional method is the capability. */
export interface Link extends AsyncDisposable {
  /**
   * Sends one chunk, already within the limit. Throws a failure: `rate_limited` with `retryAfterMs` when asked to wait,
   * `unavailable` when it may work in a moment, `forbidden`, `not_found` or `invalid_params` when it never will. A
   * `retryAfterMs` says that nothing arrived: without it, an `unavailable` chunk may have.
   */
  send(message: Outbound, signal: AbortSignal): Promise<Receipt>
  /** Replaces the text of a message of ours; `text` is in the platform's markup and within the limit. */
  edit?(peer: Peer, message: string, text: string, signal: AbortSignal): Promise<void>
  /** Deletes a message of ours. Throws `not_found` when it is gone already. */
  delete?(peer: Peer, message: string, signal: AbortSignal): Promise<void>
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
  /** Markdown to pieces in the platform's markup, each within `maxText`. The kernel cuts plain text when absent. */
  render?(markdown: string): readonly string[]
  /** Opens the link of one account. Throws `unauthorized` for a refused login, `unavailable` for what may heal. */
  connect(account: Account<Static<A>>): Promise<Link>
}

/** Declares the `channel` entry of a plugin; the default export of its module. */
export function defineChannel<const A extends TSchema>(channel: Channel<A>): Channel<A> {
  return channel
}
