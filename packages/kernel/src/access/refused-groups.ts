import type { Inbound } from '@openclaw/protocol'

/** A group that wrote to us and is not on the allowlist: how its owner finds the id to put there. */
export interface RefusedGroup {
  readonly channel: string
  readonly account: string
  readonly group: string
  /** What people call it. */
  readonly place?: string
  readonly count: number
  readonly lastAt: number
}

/** Over all channels; beyond it the group that was silent longest is forgotten. */
const most = 200

/** Groups that were refused lately. In memory only. */
export interface RefusedGroups {
  /** True for the first message of a group. */
  add(channel: string, account: string, event: Inbound, now: number): boolean
  list(channel?: string): readonly RefusedGroup[]
}

export function openRefusedGroups(): RefusedGroups {
  const groups = new Map<string, RefusedGroup>()
  return {
    add(channel, account, { peer, place }, now) {
      const key = JSON.stringify([channel, account, peer.id])
      const former = groups.get(key)
      groups.delete(key)
      const name = place ?? former?.place
      const count = (former?.count ?? 0) + 1
      groups.set(key, { channel, account, group: peer.id, ...(name ? { place: name } : {}), count, lastAt: now })
      const [oldest] = groups.keys()
      if (groups.size > most && oldest !== undefined) groups.delete(oldest)
      return former === undefined
    },
    list: (channel) =>
      [...groups.values()].filter((one) => channel === undefined || one.channel === channel).toReversed(),
  }
}
