import type { Address, Inbound, MethodResult, Role } from '@openclaw/protocol'

/** May this event be processed, and with whose role? */
export type Admission =
  | { readonly verdict: 'admit'; readonly role: Role }
  /** Group text that nobody addressed to us: pending context, never stored. */
  | { readonly verdict: 'pending' }
  /** A stranger: `reply` is said to them once, their text goes nowhere. */
  | { readonly verdict: 'pair'; readonly code?: string; readonly reply?: string }
  | { readonly verdict: 'refuse'; readonly reason: string }

/** Who is admitted, in the server's record only. */
export interface Access {
  admit(channel: string, account: string, event: Inbound): Promise<Admission>
  /** The role in the record; `guest` for others in an admitted group; undefined for who is not admitted at all. */
  role(channel: string, account: string, sender: string): Promise<Role | undefined>
  /** What was said in a group since its last mention, and forgets it. */
  takePending(
    address: Address,
  ): readonly { readonly sender: Inbound['sender']; readonly text: string; readonly atMs: number }[]
  pairings(channel?: string): Promise<MethodResult<'pairing.list'>['requests']>
  approve(channel: string, code: string, role: 'owner' | 'member'): Promise<{ sender: string; account: string }>
  reject(channel: string, code: string): Promise<void>
}
