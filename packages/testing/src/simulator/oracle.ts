import type { Outbound, Peer, Role } from '@openclaw/protocol'
import type { Disk } from './disk/disk.ts'
import { isSafe } from './ledger.ts'
import { foreignWords, wordPattern, type Place, type Said } from './people.ts'

/** A call that a tool was really made to carry out. */
export interface Deed {
  readonly effect: 'read' | 'write' | 'exec'
  readonly role: Role
  readonly session: string
  readonly run: string
  readonly call: string
}

/** Watches what happens, step by step, and writes down every broken promise. */
export interface Oracle {
  readonly broken: readonly string[]
  breaks(what: string): void
  /** A place gets a link. */
  linked(place: Place): void
  gives(place: Place, said: Said): void
  /** The gateway told a place that it has something. */
  acknowledges(place: Place, said: Said): void
  /** The gateway answered the owner's own page, which named the message so. */
  answers(key: string): void
  /** A message of ours arrives at a place. */
  arrives(place: Place, message: Outbound): void
  edits(place: Place, peer: Peer, message: string, text: string): void
  /** A model is asked in a session. */
  asked(session: string, text: string): void
  did(deed: Deed): void
}

/** An oracle that has seen nothing. */
export function openOracle(disk: Disk, home: string): Oracle {
  const broken: string[] = []
  const deeds = new Set<string>()
  const ledger = `${home}/ledger`
  const breaks = (what: string): void => void broken.push(what)

  const mustBeSafe = (dedupe: string): void => {
    if (!isSafe(disk, ledger, JSON.stringify(dedupe))) breaks(`${dedupe} was acknowledged and is not on the disk`)
  }
  const mustBelong = (text: string, place: Place, peer: Peer): void => {
    const foreign = foreignWords(text, place.manners.id, peer)
    if (foreign.length > 0) breaks(`${place.manners.id}/${peer.id} was told ${foreign.join()}, which is not theirs`)
  }

  return {
    broken,
    breaks,
    linked(place) {
      if (place.link) breaks(`${place.manners.id} has two links at once`)
    },
    gives: (_place, said) => void said.given++,
    acknowledges: (_place, said) => mustBeSafe(said.dedupe),
    answers: (key) => mustBeSafe(`rpc/owner/${key}`),
    arrives(place, { idempotencyKey, peer, text }) {
      const again = place.seen.some(({ key }) => key === idempotencyKey)
      if (again && place.manners.delivery !== 'at-least-once')
        breaks(`${place.manners.id} got ${idempotencyKey} twice, where everything comes ${place.manners.delivery}`)
      mustBelong(text, place, peer)
    },
    edits(place, peer, message, text) {
      const own = place.seen.find((seen) => seen.message === message)
      if (!own) return breaks(`${place.manners.id}: an edit of ${message}, which is not there`)
      if (JSON.stringify(own.peer) !== JSON.stringify(peer))
        breaks(`${place.manners.id}: an edit of ${message}, which stands elsewhere`)
      mustBelong(text, place, peer)
    },
    asked(session, text) {
      const [, , channel, , ...rest] = session.split(':')
      const [kind, id] = rest[0] === 'group' ? ['group', rest[1]] : ['direct', rest[0]]
      const foreign = (text.match(wordPattern) ?? []).filter(
        (word) => !word.startsWith(`word-${channel}-${kind}-${id}-`),
      )
      if (foreign.length > 0) breaks(`the model of ${session} was shown ${foreign.join()}, which is not theirs`)
    },
    did({ effect, role, session, run, call }) {
      const isOwners = role === 'owner' && !session.includes(':group:') && /:(owner|local:default:.*)$/.test(session)
      if (effect !== 'read' && !isOwners) breaks(`${effect} was carried out in ${session} for a ${role}`)
      if (deeds.has(`${run} ${call}`)) breaks(`call ${call} of run ${run} was carried out twice`)
      deeds.add(`${run} ${call}`)
    },
  }
}
