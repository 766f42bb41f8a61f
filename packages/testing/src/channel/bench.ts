import type { Inbound, Outbound, Peer, Receipt } from '@openclaw/protocol'
import { toFailure, type Channel, type Link } from '@openclaw/sdk'
import type { Counterpart, Seen } from './counterpart.ts'
import type { ChannelFixture, Means } from './fixture.ts'
import { eventually, within } from './patience.ts'
import { recordingGateway, type Life, type RecordingGateway } from './recording-gateway.ts'

/** A counterpart and a gateway that keeps what it is told, with nothing between them yet. */
export interface ChannelStand extends AsyncDisposable {
  readonly counterpart: Counterpart
  readonly gateway: RecordingGateway
  readonly patienceMs: number
  /** Waits, with the fixture's patience, until something is true. */
  until<T>(
    what: string,
    look: () => T | undefined | false | Promise<T | undefined | false>,
    everyMs?: number,
  ): Promise<T>
}

/** A channel entry between the two, connected again whenever its link is lost. */
export interface ChannelBench extends ChannelStand {
  readonly channel: Channel
  /** The link that lives now, or the next one. */
  link(): Promise<Link>
  /** The n-th event that was received, counted from 1. */
  next(count: number): Promise<Inbound>
  /** Resolves with the first event that fits, past or to come. */
  event(what: string, fits: (event: Inbound) => boolean): Promise<Inbound>
  /** Sends one chunk, to the first person when no peer is named. */
  send(text: string, more?: Partial<Outbound>): Promise<Receipt>
  /** The message of ours with this id, as soon as it fits. */
  seen(message: string, fits?: (seen: Seen) => boolean): Promise<Seen>
  /** Ends this life of the link, as a restart of the gateway would; the next one begins at once. */
  restart(): void
  /** What of the suite's means is there. */
  means(): Promise<Means>
}

/** The person that a check speaks with unless it says otherwise. */
export const direct = (counterpart: Counterpart): Peer => counterpart.direct(counterpart.people[0])

const reconnectMs = 20
const defaultPatienceMs = 10_000

/** Starts the counterpart. `arrange` prepares the gateway before anything can reach it. */
export async function openStand(
  fixture: ChannelFixture,
  arrange?: (gateway: RecordingGateway) => void,
): Promise<ChannelStand> {
  const { patienceMs = defaultPatienceMs } = fixture
  const gateway = recordingGateway()
  arrange?.(gateway)
  const counterpart = await fixture.start((request) => gateway.deliver(request))
  return {
    counterpart,
    gateway,
    patienceMs,
    until: (what, look, everyMs) => eventually(what, patienceMs, look, everyMs),
    [Symbol.asyncDispose]: () => counterpart[Symbol.asyncDispose](),
  }
}

/** Starts the counterpart and connects. */
export async function channelBench(
  fixture: ChannelFixture,
  { channel = fixture.channel, arrange }: { channel?: Channel; arrange?(gateway: RecordingGateway): void } = {},
): Promise<ChannelBench> {
  await using opening = new AsyncDisposableStack()
  const stand = opening.use(await openStand(fixture, arrange))
  const { counterpart, gateway, patienceMs, until } = stand
  const over = new AbortController()
  let link: Link | undefined
  let end: (() => void) | undefined
  let trouble: unknown
  let sent = 0

  async function live(): Promise<void> {
    await using life: Life = gateway.connect(channel, counterpart.account)
    try {
      link = await Promise.race([life.link, aborted(over.signal)])
      const ended = new Promise<void>((resolve) => (end = resolve))
      await Promise.race([life.lost, ended, aborted(over.signal)])
    } finally {
      link = undefined
    }
  }
  async function keep(): Promise<void> {
    while (!over.signal.aborted) {
      await live().catch((error: unknown) => (trouble = error))
      if (!over.signal.aborted) await new Promise((resolve) => setTimeout(resolve, reconnectMs))
    }
  }
  const kept = keep()
  opening.defer(async () => {
    over.abort()
    await kept
  })

  const self: ChannelBench = {
    ...stand,
    channel,
    restart: () => end?.(),
    async link() {
      try {
        return await until('a link', () => link)
      } catch (error) {
        throw trouble === undefined ? error : trouble
      }
    },
    async next(count) {
      await until(`event ${count}; there are ${gateway.events.length}`, () => gateway.events.length >= count)
      return gateway.events[count - 1]!
    },
    event: (what, fits) => until(what, () => gateway.events.find(fits)),
    async send(text, more = {}) {
      const message = { peer: direct(counterpart), text, idempotencyKey: `key-${++sent}`, ...more }
      const open = await self.link()
      return within(`sending "${text.slice(0, 40)}"`, patienceMs, open.send(message, AbortSignal.timeout(patienceMs)))
    },
    seen: (message, fits = () => true) =>
      until(`message ${message} on the platform, as expected`, () =>
        counterpart.sees().find((one) => one.message === message && fits(one)),
      ),
    async means() {
      const open = await self.link()
      const impatient = fixture.impatient !== undefined
      return { channel, impatient, counterpart, link: open, webhook: gateway.webhook !== undefined }
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
  await self.link()
  const closing = opening.move()
  return self
}

/** Rejects once the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(toFailure(signal.reason))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
