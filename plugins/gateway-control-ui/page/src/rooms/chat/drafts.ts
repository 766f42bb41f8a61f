import type { TextStore } from '../../connection/identity.ts'

const place = 'openclaw.drafts'
const most = 50

/** What was typed and not sent, for each session, kept in this browser. The oldest of more than fifty goes. */
export interface Drafts {
  read(session: string): string
  keep(session: string, text: string): void
}

/** Opens the drafts. A store that refuses keeps them as long as the page. */
export function openDrafts(store: TextStore): Drafts {
  const drafts = new Map<string, string>(load(store))
  return {
    read: (session) => drafts.get(session) ?? '',
    keep(session, text) {
      drafts.delete(session)
      if (text) drafts.set(session, text)
      for (const key of drafts.keys()) if (drafts.size > most) drafts.delete(key)
      try {
        store.setItem(place, JSON.stringify([...drafts]))
      } catch {
        // No room, or no permission: the map above still has them.
      }
    },
  }
}

function load(store: TextStore): [string, string][] {
  try {
    const found: unknown = JSON.parse(store.getItem(place) ?? '[]')
    return Array.isArray(found)
      ? found.filter(
          (one): one is [string, string] =>
            Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string',
        )
      : []
  } catch {
    return []
  }
}
