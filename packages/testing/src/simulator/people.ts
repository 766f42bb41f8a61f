import type { Inbound, Outbound, Peer, Receipt } from '@openclaw/protocol'

/** What a channel can promise of what it sends, and how it brings what it hears. */
export interface Manners {
  readonly id: string
  readonly delivery: 'effectively-once' | 'at-least-once' | 'at-most-once'
  /** Messages can be edited, so that answers show while they grow. */
  readonly edits: boolean
  /** The next event of a peer is given before the one before it was acknowledged. */
  readonly pipelined: boolean
}

/** An event that somebody made on a platform. It is given again until it is acknowledged. */
export interface Said {
  readonly event: Inbound
  /** As the ledger names it. */
  readonly dedupe: string
  acknowledged: boolean
  /** How often it was given. */
  given: number
}

/** A message of ours that stands on a platform. */
export interface Seen {
  readonly message: string
  readonly key: string
  readonly peer: Peer
  readonly choices: NonNullable<Outbound['choices']>
  text: string
}

/** A platform with its people: what they said to us, and what they saw of us. It outlives every gateway. */
export interface Place {
  readonly manners: Manners
  readonly said: Said[]
  readonly seen: Seen[]
  /** Somebody says something; `word` names the peer, so that nobody else may ever see it. */
  say(sender: string, peer: Peer, word: string, atMs: number): Said
  /** A message of ours arrives. */
  arrive(message: Outbound): Receipt
  /** The live link to us. */
  link: PlaceLink | undefined
}

/** The other end of a link, as the place has it. */
export interface PlaceLink {
  /** There is something new to give. */
  wake(): void
  /** It breaks. */
  drop(): void
}

/** An empty place. */
export function openPlace(manners: Manners): Place {
  const said: Said[] = []
  const seen: Seen[] = []
  const place: Place = {
    manners,
    said,
    seen,
    link: undefined,
    say(sender, peer, word, atMs) {
      const message = `m${said.length + 1}`
      const event: Inbound = {
        kind: 'message',
        event: message,
        message,
        peer,
        sender: { id: sender },
        text: word,
        mentioned: true,
        atMs,
      }
      const one = {
        event,
        dedupe: `${manners.id}/default/${peer.id}/${message}`,
        acknowledged: false,
        given: 0,
      }
      said.push(one)
      place.link?.wake()
      return one
    },
    arrive({ idempotencyKey, peer, text, choices = [] }) {
      const message = `ours${seen.length + 1}`
      seen.push({ message, key: idempotencyKey, peer, choices, text })
      return { messages: [message] }
    },
  }
  return place
}

/** The word that only this peer of this place may ever hear. */
export function wordOf(place: string, peer: Peer, count: number): string {
  return `word-${place}-${peer.kind}-${peer.id}-${count}`
}

/** Any such word. */
export const wordPattern = /word-[a-z]+-(?:direct|group)-[a-z]+-\d+/g

/** Words in a text that are not of this peer. */
export function foreignWords(text: string, place: string, peer: Peer): string[] {
  const own = `word-${place}-${peer.kind}-${peer.id}-`
  return (text.match(wordPattern) ?? []).filter((word) => !word.startsWith(own))
}
