import type { Store } from '@openclaw/sdk'

/**
 * A group that becomes a supergroup gets a new id (https://core.telegram.org/bots/api#responseparameters). For everybody
 * else it stays the group that it was: its first id is the one that is shown, so that sessions, bindings and allowlists
 * go on.
 */
export interface Migrations {
  /** The id of a chat for the kernel. */
  known(chat: number): string
  /** The id of a peer for Telegram. */
  current(peer: string): string
  /** Remembers that a group moved. It counts at once, and resolves when it is durable. */
  learn(from: number, to: number): Promise<void>
  /** The name of a message for the kernel. In a supergroup the count begins again, so there the name says which chat. */
  nameOf(chat: number, message: number): string
  /** The id of a message for Telegram; undefined for one that stayed in the group before it moved. */
  idOf(peer: string, name: string): number | undefined
}

const key = 'migrated'

/** Reads what is known from the account's store: new ids with the old ones. */
export async function openMigrations(store: Store): Promise<Migrations> {
  const stored = await store.get(key)
  const first = new Map<string, string>(stored ? Object.entries(JSON.parse(new TextDecoder().decode(stored))) : [])
  const last = new Map([...first].map(([to, from]) => [from, to]))

  const current = (peer: string) => last.get(peer) ?? peer
  return {
    known: (chat) => first.get(String(chat)) ?? String(chat),
    current,
    async learn(from, to) {
      const known = first.get(String(from)) ?? String(from)
      first.set(String(to), known)
      last.set(known, String(to))
      await store.set(key, new TextEncoder().encode(JSON.stringify(Object.fromEntries(first))))
    },
    nameOf: (chat, message) => (first.has(String(chat)) ? `${chat}:${message}` : String(message)),
    idOf(peer, name) {
      const chat = current(peer)
      const bare = chat === peer ? name : name.startsWith(`${chat}:`) ? name.slice(chat.length + 1) : ''
      return /^\d+$/.test(bare) ? Number(bare) : undefined
    },
  }
}
