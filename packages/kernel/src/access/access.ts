import type { Address, Inbound, MethodResult, Peer, Role } from '@openclaw/protocol'
import type { Awaitable } from '../awaitable.ts'
import type { RefusedGroup } from './refused-groups.ts'

/** May this event be processed, and with whose role? */
export type Admission =
  /** `anew`: an edit made it ours, and nothing of it was taken before. */
  | { readonly verdict: 'admit'; readonly role: Role; readonly anew?: true }
  /** Group text that nobody addressed to us: pending context, never stored. */
  | { readonly verdict: 'pending' }
  /** A stranger: `reply` is said to them once, their text goes nowhere. */
  | { readonly verdict: 'pair'; readonly code?: string; readonly reply?: string }
  | { readonly verdict: 'refuse'; readonly reason: string }

/** Who is admitted, in the server's record only. */
export interface Access {
  /** False for our own words, and for programs where they are ignored: nobody's request, and not even recorded. */
  hears(channel: string, event: Inbound): boolean
  admit(channel: string, account: string, event: Inbound): Awaitable<Admission>
  /** The role in the record; `guest` for others in an admitted group; undefined for who is not admitted at all. */
  role(channel: string, account: string, sender: string): Promise<Role | undefined>
  /**
   * The role that somebody's words have in a conversation now; undefined when they would not be taken. Without a sender
   * it is about the peer itself: of a group, whether it is let in.
   */
  standing(channel: string, account: string, peer: Peer, sender?: string): Promise<Role | undefined>
  /** What was said in a group since its last mention, and by whom, and forgets it. */
  takePending(address: Address): readonly {
    readonly sender: Inbound['sender']
    readonly text: string
    readonly atMs: number
    readonly role: Role
  }[]
  pairings(channel?: string): Promise<MethodResult<'pairing.list'>['requests']>
  approve(channel: string, code: string, role: 'owner' | 'member'): Promise<{ sender: string; account: string }>
  reject(channel: string, code: string): Promise<void>
  /** Groups that wrote to us lately and are not on an allowlist. */
  refusedGroups(channel?: string): readonly RefusedGroup[]
}
