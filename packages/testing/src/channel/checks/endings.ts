import { expect } from 'vitest'
import { channelBench, openStand, type ChannelBench } from '../bench.ts'
import type { Fault } from '../counterpart.ts'
import type { ChannelCheck, ChannelFixture, Means } from '../fixture.ts'
import { eventually } from '../patience.ts'

const knows =
  (kind: Fault['kind']) =>
  ({ counterpart }: Means) =>
    !counterpart.immune?.includes(kind)
/** Where a platform gives nothing again, a message that was not durable in time is lost, and that is stated. */
const givesAgain = ({ channel }: Means) => channel.traits.delivery !== 'at-most-once'

/** How often people repeat themselves. */
const repeatMs = 100

const sayUntilHeard = (bench: ChannelBench, words: string) => async () => {
  await bench.counterpart.says(words)
  return bench.gateway.events.some(({ text }) => text === words)
}

/** A channel hears and speaks again after its link was broken. */
async function heals(fixture: ChannelFixture, kind: 'disconnect' | 'halfClose') {
  await using bench = await channelBench(fixture)
  const { counterpart } = bench
  await counterpart.says('before')
  await bench.event('what was said before', ({ text }) => text === 'before')
  counterpart.fault({ kind })
  // What a platform keeps for us arrives however long we were away; where it keeps nothing, people repeat themselves.
  await bench.until('a message after the break', sayUntilHeard(bench, 'after'), repeatMs)
  const again = () => bench.send('back', { idempotencyKey: 'back' }).catch(() => false as const)
  const { messages } = await bench.until('a send after the break', again, repeatMs)
  await bench.seen(messages[0]!)
  expect(counterpart.links().most).toBeLessThanOrEqual(1)
}

/** How links end, and what is left of them. */
export const endingChecks: readonly ChannelCheck[] = [
  {
    name: 'L5: comes back after the platform ended the link, with never a second one beside it',
    needs: knows('disconnect'),
    run: (fixture) => heals(fixture, 'disconnect'),
  },
  {
    name: 'comes back after one direction of the link ended',
    needs: knows('halfClose'),
    run: (fixture) => heals(fixture, 'halfClose'),
  },
  {
    name: 'L1: notices a platform that went silent, and comes back with it',
    needs: (means) => means.impatient && knows('blackhole')(means),
    async run(fixture) {
      await using bench = await channelBench(fixture, { channel: fixture.impatient! })
      const { counterpart, gateway } = bench
      const before = gateway.reports.length
      counterpart.fault({ kind: 'blackhole', on: true })
      await bench.until('a report that the link is not well', () =>
        gateway.reports.slice(before).some(({ state }) => state !== 'online'),
      )
      counterpart.fault({ kind: 'blackhole', on: false })
      await bench.until('a message after the silence', sayUntilHeard(bench, 'anybody there?'), repeatMs)
      expect(counterpart.links().most).toBeLessThanOrEqual(1)
    },
  },
  {
    name: 'R2 L5: what was not durable when the gateway stopped is given again, under the same name and over one link',
    needs: givesAgain,
    async run(fixture) {
      const given: string[] = []
      const never = Promise.withResolvers<void>()
      await using bench = await channelBench(fixture, {
        arrange(gateway) {
          gateway.beforeDurable = ({ event }) => {
            given.push(event)
            return given.length === 1 ? never.promise : undefined
          }
        },
      })
      const message = await bench.counterpart.says('do not lose this')
      await bench.until('the message for the first time', () => given.length > 0)
      bench.restart()
      never.reject(new Error('the gateway stopped'))
      const event = await bench.event('the message again', (one) => one.message === message)
      expect(event.text).toBe('do not lose this')
      expect(new Set(given).size).toBe(1)
      await bench.counterpart.acknowledged()
      await bench.link()
      expect(bench.counterpart.links().most).toBeLessThanOrEqual(1)
    },
  },
  {
    name: 'R1: what could not be stored is given again, and what follows is not lost',
    needs: givesAgain,
    async run(fixture) {
      let refusals = 2
      await using bench = await channelBench(fixture, {
        arrange(gateway) {
          gateway.beforeDurable = () => {
            if (refusals-- > 0) throw new Error('the disk is full')
          }
        },
      })
      const { counterpart } = bench
      for (const text of ['one', 'two', 'three']) await counterpart.says(text)
      for (const text of ['one', 'two', 'three']) await bench.event(`"${text}"`, (event) => event.text === text)
      await counterpart.acknowledged()
    },
  },
  {
    name: 'hands over what was said while it was away, where the platform has it',
    needs: ({ channel }) => channel.traits.history === true,
    async run(fixture) {
      await using stand = await openStand(fixture)
      const { counterpart, gateway } = stand
      for (const [before, words] of [
        [0, 'while you are here'],
        [1, 'while you were away'],
      ] as const) {
        if (before > 0) await counterpart.says(words)
        await using life = gateway.connect(fixture.channel, counterpart.account)
        await life.link
        if (before === 0) await counterpart.says(words)
        await stand.until(`"${words}"`, () => gateway.events.some(({ text }) => text === words))
        await counterpart.acknowledged()
      }
    },
  },
  {
    name: 'leaves nothing when it is closed while it connects, at whichever step',
    async run(fixture) {
      for (let closeAt = 0; closeAt < 5; closeAt++) {
        await using stand = await openStand(fixture)
        const { counterpart, gateway } = stand
        const closed = Promise.withResolvers<void>()
        let steps = 0
        const life = gateway.connect(fixture.channel, counterpart.account)
        life.link.catch(() => {})
        const close = async () => {
          await life[Symbol.asyncDispose]()
          closed.resolve()
        }
        using _steps = counterpart.onStep(() => {
          // Not waited for: the step goes on while we close.
          if (++steps === closeAt) void close()
        })
        if (closeAt === 0) void close()
        else void life.link.then(close, close)
        await closed.promise
        await stand.until('no link', () => counterpart.links().now === 0)
        expect(counterpart.links().most).toBeLessThanOrEqual(1)
        expect(gateway.webhook).toBeUndefined()
      }
    },
  },
  {
    name: 'leaves no connection and no timer behind',
    async run(fixture) {
      const before = open()
      const { patienceMs = 5000 } = fixture
      {
        await using bench = await channelBench(fixture)
        await bench.counterpart.says('hello')
        await bench.next(1)
        await bench.send('hello yourself')
        const { counterpart } = bench
        await bench[Symbol.asyncDispose]()
        await eventually('the end of every link', patienceMs, () => counterpart.links().now === 0)
      }
      const left = () => [...open()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
      const gone = () => left().length === 0
      await eventually('everything to be closed', patienceMs, gone).catch(() => expect(left()).toEqual([]))
    },
  },
]

/** What keeps this process alive, counted by kind (https://nodejs.org/api/process.html#processgetactiveresourcesinfo). */
function open(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo())
    if (/TCP|TLS|Pipe|UDP|Timeout/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
