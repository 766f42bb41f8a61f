import type { Clock, Peer } from '@openclaw/sdk'
import type { Api } from './api.ts'

/** People and conversations of the workspace: their names, and the conversation behind a peer. */
export interface Places {
  /** What people call it, if that is known by now. */
  nameOf(id: string): string | undefined
  /** Asks for names that are not known. Resolves when they are, when there are none, or after a second: names are a nicety. */
  learn(ids: readonly string[], signal: AbortSignal): Promise<void>
  /** The conversation of a peer; that with a person is opened when it is not known. */
  channelOf(peer: Peer, signal: AbortSignal): Promise<string>
  /** Somebody's direct conversation was seen. */
  met(user: string, channel: string): void
}

const maxKnown = 5000
const learnMs = 1000

export function openPlaces(api: Api, clock: Clock): Places {
  const names = new Map<string, string | undefined>()
  const asked = new Map<string, Promise<void>>()
  const directs = new Map<string, string>()

  function remember<T>(map: Map<string, T>, key: string, value: T) {
    map.delete(key)
    map.set(key, value)
    const [oldest] = map.keys()
    if (map.size > maxKnown && oldest !== undefined) map.delete(oldest)
  }

  async function find(id: string, signal: AbortSignal): Promise<void> {
    const name = await api
      .call(`looking up ${id}`, signal, async (client) => {
        if (/^[UW]/.test(id)) {
          const { user } = await client.users.info({ user: id })
          return user?.profile?.display_name || user?.real_name || user?.name
        }
        const { channel } = await client.conversations.info({ channel: id })
        return channel?.name
      })
      // Without the scope, or for a person of another workspace, there is just no name.
      .catch(() => undefined)
    remember(names, id, name)
  }

  return {
    nameOf: (id) => names.get(id),
    async learn(ids, signal) {
      const unknown = ids.filter((id) => /^[UWCG]/.test(id) && !names.has(id))
      if (unknown.length === 0) return
      const over = new AbortController()
      const found = unknown.map((id) => {
        const search = asked.get(id) ?? find(id, signal).finally(() => asked.delete(id))
        asked.set(id, search)
        return search
      })
      const late = clock.sleep(learnMs, AbortSignal.any([signal, over.signal])).catch(() => {})
      await Promise.race([Promise.all(found), late])
      over.abort()
    },
    async channelOf({ kind, id }, signal) {
      if (kind === 'group' || id.startsWith('D')) return id
      const known = directs.get(id)
      if (known) return known
      const { channel } = await api.call(`opening the conversation with ${id}`, signal, (client) =>
        client.conversations.open({ users: id }),
      )
      const opened = channel?.id ?? id
      remember(directs, id, opened)
      return opened
    },
    met: (user, channel) => remember(directs, user, channel),
  }
}
