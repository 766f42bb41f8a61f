import { failure, type Outbound, type Peer, type Receipt } from '@openclaw/protocol'
import { defineChannel, type Account, type Channel, type Link } from '@openclaw/sdk'
import Type from 'typebox'
import { bring } from './bring.ts'
import type { Draws } from './draws.ts'
import type { Life } from './life.ts'
import type { Oracle } from './oracle.ts'
import type { Place } from './people.ts'

/** What a life of the gateway meets outside. */
export interface Outdoors {
  readonly life: Life
  readonly draws: Draws
  readonly oracle: Oracle
  /** Probability of each thing that can go wrong in an exchange with a platform. */
  readonly rough: number
}

/** The channel to a place, as one life of the gateway connects it. */
export function channelTo(place: Place, outdoors: Outdoors): Channel {
  const { manners } = place
  const { life, draws, oracle, rough } = outdoors
  const name = `${manners.id}/default`
  const sure = manners.delivery === 'effectively-once'
  const bad = () => draws.chance(rough)
  const lost = () => failure('unavailable', `${name}: the connection broke`)

  /** A step there; then what it did is answered, or the answer is lost. */
  async function exchange<T>(what: string, signal: AbortSignal, happen: () => T): Promise<T> {
    const arrive = (): T => {
      if (bad()) throw failure('rate_limited', `${name}: wait`, { retryAfterMs: 50 })
      if (bad()) throw failure('unavailable', `${name}: the platform failed`)
      return happen()
    }
    const done = await life.outside(`${name} ${what}`, arrive, { signal })
    const answer = (): T => {
      if (bad()) throw lost()
      return done
    }
    return life.outside(`${name} ${what} answered`, answer, { signal })
  }

  return defineChannel({
    id: manners.id,
    account: Type.Object({}),
    traits: {
      maxText: 60,
      lengthUnit: 'utf16',
      markup: 'plain',
      edits: manners.edits,
      choices: sure,
      delivery: manners.delivery,
    },
    async connect(account): Promise<Link> {
      await life.outside(`${name} connect`, () => {
        if (bad()) throw failure('unavailable', `${name}: the platform is away`)
      })
      const over = new AbortController()
      const close = () => {
        over.abort(lost())
        if (place.link === own) place.link = undefined
      }
      const own = {
        wake: bring(place, account, over.signal, outdoors),
        drop() {
          close()
          account.report('offline', `${name}: the link was lost`)
        },
      }
      oracle.linked(place)
      place.link = own
      account.defer(close)
      own.wake()
      const within = (stop: AbortSignal) => AbortSignal.any([over.signal, stop])

      return {
        send: (message, stop) =>
          exchange(`send ${message.idempotencyKey.slice(-8)}`, within(stop), () => {
            oracle.arrives(place, message)
            const receipt = place.arrive(message)
            decide(place, account, message, receipt, outdoors)
            return receipt
          }),
        ...(manners.edits
          ? {
              edit: (peer: Peer, message: string, text: string, stop: AbortSignal) =>
                exchange(`edit ${message}`, within(stop), () => {
                  oracle.edits(place, peer, message, text)
                  place.seen.find((seen) => seen.message === message)!.text = text
                }),
            }
          : {}),
        ...(sure
          ? {
              find: (_peer: Peer, key: string, stop: AbortSignal) =>
                exchange(`find ${key.slice(-8)}`, within(stop), (): Receipt | undefined => {
                  const one = place.seen.find((seen) => seen.key === key)
                  return one && { messages: [one.message] }
                }),
            }
          : {}),
        async [Symbol.asyncDispose]() {
          close()
        },
      }
    },
  })
}

/** The owner answers a question with a click, after a while, or lets it be. */
function decide(
  place: Place,
  account: Account,
  { choices = [], peer }: Outbound,
  { messages }: Receipt,
  { life, draws }: Outdoors,
): void {
  if (choices.length === 0 || draws.chance(0.3)) return
  const choice = draws.pick(choices).id
  const click = { event: `click ${messages[0]}`, sender: 'owner', peer, choice }
  void life.outside(`${place.manners.id} click`, () => account.choose(click).catch(() => {}), { uptoMs: 2000 })
}
