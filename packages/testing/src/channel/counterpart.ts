import type { Peer } from '@openclaw/protocol'

/** How somebody writes on a platform. */
export interface Says {
  /** Stable id of who writes; the first of `people` when absent. */
  readonly from?: string
  /** Where; the direct conversation with who writes when absent. */
  readonly in?: Peer
  /** Addresses us, in the way people do it there. */
  readonly mention?: boolean
  /** Id of a message that it replies to. */
  readonly replyTo?: string
  /** Written by a program. */
  readonly bot?: boolean
  /** Written by ourselves, as an echo or from another device. */
  readonly self?: boolean
  readonly files?: readonly File[]
}

/** A file that goes over the platform. */
export interface File {
  readonly name: string
  readonly mime: string
  readonly bytes: Uint8Array
}

/** A message from us, as it stands on the platform now. */
export interface Seen {
  /** The platform's id, as our receipt must name it. */
  readonly message: string
  readonly peer: Peer
  /** As people read it: markup taken away. */
  readonly text: string
  /** As it came over the wire. */
  readonly raw: string
  readonly replyTo?: string
  readonly files: readonly File[]
  readonly choices: readonly { readonly id: string; readonly label: string }[]
  /** How often it was edited. */
  readonly edits: number
}

/** What goes wrong. Each is used up by what it befalls, except `blackhole`, which lasts until it is ended. */
export type Fault =
  /** The next sends are refused with the platform's own "too many requests". */
  | { readonly kind: 'limit'; readonly retryAfterMs: number; readonly times?: number }
  /** The next sends are refused with a server error. */
  | { readonly kind: 'error'; readonly times?: number }
  /** The next sends arrive, and the connection breaks before they are answered. */
  | { readonly kind: 'loseAnswer'; readonly times?: number }
  /** The next event is delivered so many times in all. */
  | { readonly kind: 'duplicate'; readonly times: number }
  /** The next two events are delivered in the other order. */
  | { readonly kind: 'reorder' }
  /** Answers of the platform take so long from now on; 0 ends it. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** All links end now, the way the platform ends them. */
  | { readonly kind: 'disconnect' }
  /** One direction of the link ends. */
  | { readonly kind: 'halfClose' }
  /** Nothing arrives any more in either direction, and nothing is closed. */
  | { readonly kind: 'blackhole'; readonly on: boolean }

/**
 * A platform as a test sees it: an emulator of its wire protocol, or its real server, driven from outside. Every channel
 * plugin is tested against one, and so are the conformance suite, the kill harness and the bench.
 */
export interface Counterpart extends AsyncDisposable {
  /** An account's configuration with which the channel reaches it. */
  readonly account: Record<string, unknown>
  /** The same with a login that the platform refuses. */
  readonly refused?: Record<string, unknown>
  /** Stable ids of at least three people, as `Inbound.sender.id` has them. */
  readonly people: readonly [string, string, string, ...string[]]
  /** The direct conversation with somebody. */
  direct(person: string): Peer
  /** A group with all people and us in it. Absent where the platform has none. */
  readonly group?: Peer
  /** A thread or topic in that group. */
  readonly thread?: Peer
  /** Somebody writes. Resolves with the platform's id of the message, as `Inbound.message` has it, before we react to it. */
  says(text: string, how?: Says): Promise<string>
  edits?(message: string, text: string): Promise<void>
  deletes?(message: string): Promise<void>
  reacts?(message: string, emoji: string, by?: string): Promise<void>
  /** Somebody clicks a choice of ours. Resolves with what the platform showed them for it, if anything. */
  clicks?(message: string, choice: string, by: string): Promise<string | undefined>
  /** Everything from us that stands there now, in order of its first arrival. */
  sees(): readonly Seen[]
  /** Resolves with the n-th of them, counted from 1, as soon as there is one. */
  waitSeen(count: number): Promise<Seen>
  /** How often we were seen typing. */
  readonly typed: number
  /** Resolves once everything that was said was acknowledged by us: it will not be given again. */
  acknowledged(): Promise<void>
  /** Links (polls, sockets) of one login: those alive now, and the most that ever were at once. */
  links(): { readonly now: number; readonly most: number }
  fault(fault: Fault): void
  /** Faults that this platform does not know, e.g. `limit` where nobody is ever asked to wait. None when absent. */
  readonly immune?: readonly Fault['kind'][]
  /** Called, and waited for, before each step on the wire (`poll`, `send`, `send answered` …): where a test kills. */
  onStep(listen: (step: string) => void | Promise<void>): Disposable
}
