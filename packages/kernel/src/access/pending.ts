import type { Address, Inbound, Role } from '@openclaw/protocol'
import type { Access } from './access.ts'

/** What was said in one group since its last mention. */
const mostLines = 50
const lifeMs = 86_400_000
/** One line longer than this is cut: it is context, not a document. */
const mostChars = 4000
/** Over all groups; beyond it the group that was silent longest is forgotten. */
const mostTotalChars = 4_000_000

type Line = ReturnType<Access['takePending']>[number] & { readonly message: string }

/** Group text that nobody addressed to us. In memory only, bounded, never stored. */
export interface Pending {
  /** Takes a message, an edit of one, or its deletion. */
  add(channel: string, account: string, event: Inbound, role: Role, now: number): void
  /** Forgets the message that an event is about, and answers whether it was there. */
  drop(channel: string, account: string, event: Inbound, now: number): boolean
  take(address: Address, now: number): ReturnType<Access['takePending']>
}

/** A memory with nothing in it. */
export function openPending(): Pending {
  /** Oldest use first, as a map keeps the order in which keys were put in. */
  const groups = new Map<string, readonly Line[]>()
  let total = 0

  const put = (key: string, lines: readonly Line[]) => {
    total -= sizeOf(groups.get(key))
    groups.delete(key)
    if (lines.length === 0) return
    groups.set(key, lines)
    total += sizeOf(lines)
    for (const [oldest] of groups) {
      if (total <= mostTotalChars || oldest === key) break
      total -= sizeOf(groups.get(oldest))
      groups.delete(oldest)
    }
  }
  const fresh = (key: string, now: number) => (groups.get(key) ?? []).filter(({ atMs }) => atMs > now - lifeMs)

  return {
    add(channel, account, event, role, now) {
      const key = keyOf({ channel, account, peer: event.peer })
      const lines = fresh(key, now)
      if (event.kind === 'delete')
        return put(
          key,
          lines.filter(({ message }) => message !== event.message),
        )
      const text = event.text.length > mostChars ? `${event.text.slice(0, mostChars)}…` : event.text
      if (event.kind === 'edit')
        return put(
          key,
          lines.map((line) =>
            line.message === event.message && line.sender.id === event.sender.id ? { ...line, text } : line,
          ),
        )
      if (event.kind === 'reaction' || text.trim() === '') return
      // The platform's clock may be anything; what counts is when it came to us.
      put(
        key,
        [...lines, { message: event.message, sender: event.sender, text, atMs: Math.min(event.atMs, now), role }].slice(
          -mostLines,
        ),
      )
    },
    drop(channel, account, event, now) {
      const key = keyOf({ channel, account, peer: event.peer })
      const lines = fresh(key, now)
      const left = lines.filter(({ message }) => message !== event.message)
      put(key, left)
      return left.length < lines.length
    },
    take(address, now) {
      const key = keyOf(address)
      const lines = fresh(key, now)
      put(key, [])
      return lines.map(({ message: _, ...line }) => line)
    },
  }
}

function keyOf({ channel, account, peer }: Address): string {
  return JSON.stringify([channel, account, peer.kind, peer.id, peer.thread])
}

function sizeOf(lines: readonly Line[] = []): number {
  return lines.reduce((sum, { text }) => sum + text.length + 200, 0)
}
