import { timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { failure, PairingRequest } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { fits } from '../config/fits.ts'
import type { JsonSchema } from '../config/json-schema.ts'
import { isSection } from '../config/path.ts'
import type { Platform } from '../platform.ts'

/** How long a code can be used. */
const lifeMs = 3_600_000
/** Strangers who may wait at once on one account: more would be a flood, not people. */
const most = 3
/** Wrong codes that are answered before guessing is stopped, and for how long. */
const guesses = 5
const guessWindowMs = 600_000

/** 32 signs that are not mistaken for each other, so that one of five random bits is each equally often. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const codeLength = 8

const Stored = Type.Object({
  ...PairingRequest.properties,
  /** The event that was answered with the code: if it comes again, the answer was lost, and is given again. */
  event: Type.String(),
  /** Said no to: they hear nothing more until it ends. */
  rejected: Type.Optional(Type.Boolean()),
})
type Stored = Static<typeof Stored>

/** Strangers who asked, in `credentials/pairing.json`, so that a code outlives a restart. */
export interface Pairings {
  /** A code when this event is the one that gets it; undefined when they have one already or too many wait. */
  ask(who: {
    readonly channel: string
    readonly account: string
    readonly sender: string
    readonly name?: string
    readonly event: string
  }): Promise<string | undefined>
  waiting(channel?: string): Promise<readonly Static<typeof PairingRequest>[]>
  /**
   * Admits who holds a code; the request ends once `admit` is done. `not_found` for a wrong or old code, `rate_limited`
   * after some wrong ones.
   */
  approve(
    channel: string,
    code: string,
    admit: (request: Static<typeof PairingRequest>) => Promise<void>,
  ): Promise<Static<typeof PairingRequest>>
  /** Refuses who holds a code; they stay unheard for the rest of the hour. */
  reject(channel: string, code: string): Promise<void>
}

/** Opens the list of those who wait. `resolved` hears of each request that was decided or ran out. */
export function openPairings(options: {
  readonly home: string
  readonly platform: Platform
  readonly log: Log
  requested(request: Static<typeof PairingRequest>): void
  resolved(channel: string, code: string): void
}): Pairings {
  const { clock, files, random } = options.platform
  const file = join(options.home, 'credentials', 'pairing.json')
  let known: readonly Stored[] | undefined
  let wrong: readonly number[] = []
  let work: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = work.then(task)
    work = result.catch(() => {})
    return result
  }
  const read = async (): Promise<readonly Stored[]> => {
    if (known) return known
    try {
      const document: unknown = JSON.parse((await files.readText(file)) ?? '{"requests":[]}')
      const requests = isSection(document) && Array.isArray(document['requests']) ? document['requests'] : []
      known = requests.filter((one): one is Stored => fits(Stored as unknown as JsonSchema, one))
    } catch (error) {
      options.log.warn(`access: ${file} cannot be read, so the codes given before do not count`, {
        error: String(error),
      })
      known = []
    }
    return known
  }
  const write = async (requests: readonly Stored[]) => {
    await files.replace(file, `${JSON.stringify({ version: 1, requests }, null, 2)}\n`)
    known = requests
  }
  const current = async () => {
    const all = await read()
    const now = clock.now()
    const left = all.filter(({ expiresAt }) => expiresAt > now)
    if (left.length === all.length) return all
    await write(left)
    for (const one of all) if (!left.includes(one) && !one.rejected) options.resolved(one.channel, one.code)
    return left
  }
  const open = ({ event: _, rejected: __, ...request }: Stored): Static<typeof PairingRequest> => request
  const decide = (
    channel: string,
    code: string,
    rejected: boolean,
    then: (request: Static<typeof PairingRequest>) => Promise<void> = async () => {},
  ) =>
    inTurn(async () => {
      const now = clock.now()
      wrong = wrong.filter((at) => at > now - guessWindowMs)
      const [first] = wrong
      if (first !== undefined && wrong.length >= guesses) {
        throw failure(
          'rate_limited',
          `pairing: ${guesses} wrong codes were given; wait, look at \`openclaw pairing list\`, and repeat`,
          { retryAfterMs: first + guessWindowMs - now },
        )
      }
      const requests = await current()
      // Every one is compared, in the same time, so that nothing is learnt from how long it takes.
      const found = requests.filter((one) => sameCode(one.code, code) && one.channel === channel && !one.rejected)[0]
      if (!found) {
        wrong = [...wrong, now]
        throw failure(
          'not_found',
          `pairing: nobody on ${channel} waits with this code; codes end after an hour, and \`openclaw pairing list\` shows those that count`,
        )
      }
      await then(open(found))
      await write(requests.flatMap((one) => (one === found ? (rejected ? [{ ...one, rejected }] : []) : [one])))
      options.resolved(channel, found.code)
      return open(found)
    })

  return {
    ask: (who) =>
      inTurn(async () => {
        const requests = await current()
        const { channel, account, sender, event, name } = who
        const own = requests.find((one) => one.channel === channel && one.account === account && one.sender === sender)
        if (own) return own.event === event && !own.rejected ? own.code : undefined
        if (
          requests.filter((one) => one.channel === channel && one.account === account && !one.rejected).length >= most
        )
          return undefined
        const now = clock.now()
        const request: Stored = {
          channel,
          account,
          sender,
          ...(name === undefined ? {} : { name: name.slice(0, 100) }),
          code: makeCode(random.bytes(codeLength)),
          createdAt: now,
          expiresAt: now + lifeMs,
          event,
        }
        // On the disk before it is told: a code that was told must count after a restart.
        await write([...requests, request])
        options.requested(open(request))
        return request.code
      }),
    waiting: (channel) =>
      inTurn(async () =>
        (await current())
          .filter((one) => !one.rejected && (channel === undefined || one.channel === channel))
          .map(open),
      ),
    approve: (channel, code, admit) => decide(channel, code, false, admit),
    async reject(channel, code) {
      await decide(channel, code, true)
    },
  }
}

function makeCode(bytes: Uint8Array): string {
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')
}

/** Letter case, blanks and dashes do not count; the comparison takes the same time wherever two codes differ. */
function sameCode(code: string, given: string): boolean {
  const cleaned = given.replaceAll(/[\s-]/g, '').toUpperCase()
  // Anything but eight signs is compared as eight zeros, which no code holds.
  return timingSafeEqual(Buffer.from(code), Buffer.from(/^[2-9A-Z]{8}$/.test(cleaned) ? cleaned : '00000000'))
}
