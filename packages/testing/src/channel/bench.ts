import type { Inbound, Outbound, Peer, Receipt } from '@openclaw/protocol'
import { toFailure, type Channel, type Link } from '@openclaw/sdk'
import type { Counterpart, Seen } from './counterpart.ts'
import type { ChannelFixture, Means } from './fixture.ts'
import { eventually, within } from './patience.ts'
import { stubGateway, type Life, type Stub } from './stub.ts'

/** A channel entry that is connected to its counterpart, over a stub of the gateway that connects it again when it is lost. */
export interface ChannelBench extends AsyncDisposable {
  readonly counterpart: Counterpart
  readonly stub: Stub
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
  /** Waits, with the fixture's patience, until something is true. */
  until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T>
  /** What of the suite's means is there. */
  means(): Promise<Means>
}

/** The person that a check speaks with unless it says otherwise. */
export const direct = (counterpart: Counterpart): Peer => counterpart.direct(counterpart.people[0])

const reconnectMs = 20
const defaultPatienceMs = 10_000

/** Starts the counterpart and connects. `arrange` prepares the stub before anything is received. */
export async function channelBench(
  fixture: ChannelFixture,
  { channel = fixture.channel, arrange }: { channel?: Channel; arrange?(stub: Stub): void } = {},
): Promise<ChannelBench> {
  const patienceMs = fixture.patienceMs ?? defaultPatienceMs
  const stub = stubGateway()
  arrange?.(stub)
  await using opening = new AsyncDisposableStack()
  const counterpart = opening.use(await fixture.start((request) => stub.deliver(request)))
  const over = new AbortController()
  let link: Link | undefined
  let trouble: unknown
  let sent = 0

  async function live(): Promise<void> {
    await using life: Life = stub.connect(channel, counterpart.account)
    try {
      link = await Promise.race([life.link, aborted(over.signal)])
      await Promise.race([life.lost, aborted(over.signal)])
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

  const until: ChannelBench['until'] = (what, look) => eventually(what, patienceMs, look)
  const self: ChannelBench = {
    counterpart,
    stub,
    channel,
    until,
    async link() {
      try {
        return await until('a link', () => link)
      } catch (error) {
        throw trouble === undefined ? error : trouble
      }
    },
    async next(count) {
      await until(`event ${count}; there are ${stub.events.length}`, () => stub.events.length >= count)
      return stub.events[count - 1]!
    },
    event: (what, fits) => until(what, () => stub.events.find(fits)),
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
      return { channel, impatient, counterpart, link: open, webhook: stub.webhook !== undefined }
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
