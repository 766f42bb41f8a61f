import type { Channel, Link } from '@openclaw/sdk'
import type { Counterpart } from './counterpart.ts'

/** A channel entry and the counterpart that it is tested against. */
export interface ChannelFixture {
  readonly name: string
  /** The default export of the entry's module. */
  readonly channel: Channel
  /** The same entry with timeouts of at most a second, so that a platform gone silent is noticed within a test. */
  readonly impatient?: Channel
  /** How long a check waits for what must come, in milliseconds; 10,000 when absent. */
  readonly patienceMs?: number
  /** Starts the counterpart anew. One that calls webhooks hands its requests to `deliver`, which answers as the gateway would. */
  start(deliver: (request: Request) => Promise<Response>): Promise<Counterpart>
}

/** What a channel and its counterpart have, as they are when connected. Checks of what they lack are left out. */
export interface Means {
  readonly channel: Channel
  readonly impatient: boolean
  readonly counterpart: Counterpart
  readonly link: Link
  /** The entry serves a webhook. */
  readonly webhook: boolean
}

/** One thing that every channel must hold to, as a plain function: it rejects when the channel does not. */
export interface ChannelCheck {
  /** Begins with the ids of the promises that it proves. */
  readonly name: string
  /** Whether there are means for it; always when absent. */
  needs?(means: Means): boolean
  run(fixture: ChannelFixture): Promise<void>
}
