import { describe, expect, test } from 'vitest'
import { faults, type Fault } from './fixture/fault.ts'
import { openHouse, shop } from './house.ts'

/** What only the end of the process mends. */
const deadly: readonly Fault[] = ['flood', 'frames', 'exit', 'memory', 'block']
/** Real processes die and start here; a machine that is busy with others may take one for hung. */
const slow = { timeout: 300_000, retry: 1 }

async function openShop() {
  const house = await openHouse([shop], { agents: { main: {}, clerk: { model: 'shop/echo' } } })
  await house.until(async () => (await house.row('shop')).state === 'active')
  return house
}
type House = Awaited<ReturnType<typeof openShop>>

/**
 * Lets each fault happen in turn, and looks that nobody else notices and that the plugin works again. Houses that stand
 * side by side begin at another fault each, so that not all of them eat memory at the same time.
 */
async function strikeAll(
  house: House,
  first: number,
  strike: (fault: Fault) => Promise<() => Promise<void>>,
): Promise<void> {
  for (const fault of [...faults.slice(first), ...faults.slice(0, first)]) {
    const deaths = house.deaths()
    const seen = await strike(fault)
    expect(await house.answeredInMs(), `${fault}: the other channel`).toBeLessThan(2000)
    if (deadly.includes(fault)) await house.until(() => house.deaths() > deaths)
    await seen()
    // Without this it would heal as well, after the pauses that a person need not wait for here.
    if (deadly.includes(fault)) await house.kernel.call('plugins.reload', { id: 'shop' })
    else expect(house.deaths(), `${fault}: nothing died`).toBe(deaths)
    expect(await house.use('shop_try'), `${fault}: it works again`).toBe('went well')
  }
}

describe.concurrent('L3: a plugin in a process of its own that throws, hangs, floods, exits, eats memory or blocks', () => {
  test.each([
    ['run', 1],
    ['subject', 2],
    ['effectOf', 3],
  ] as const)('in %s of a tool is a failed call, and nobody else notices', slow, async (place, first) => {
    await using house = await openShop()
    await strikeAll(house, first, async (fault) => {
      await house.use('shop_arm', { place, fault })
      const { session, ended } = await house.begin('use shop_try {}')
      return async () => {
        if (fault === 'hang') await house.kernel.call('chat.abort', { session })
        const { status, text = '' } = await ended()
        const told = deadly.includes(fault)
          ? /it may have happened|ended before it answered/
          : /on purpose|not what the contract says/
        if (fault === 'hang' && place === 'run') expect(status).toBe('aborted')
        else expect(text, fault).toMatch(told)
      }
    })
  })

  test.each([
    ['stream', 4],
    ['late', 5],
  ] as const)(
    'in %s of a model is a failure or is asked again, and nobody else notices',
    slow,
    async (place, first) => {
      await using house = await openShop()
      await strikeAll(house, first, async (fault) => {
        await house.use('shop_arm', { place, fault })
        const { session, ended } = await house.begin('hello', 'clerk')
        return async () => {
          if (fault === 'hang') await house.kernel.call('chat.abort', { session })
          const { status, text, failure } = await ended()
          if (deadly.includes(fault))
            expect({ status, text }, fault).toEqual({ status: 'answered', text: 'asked: hello' })
          else if (fault === 'hang') expect(status).toBe('aborted')
          else expect(failure?.message, fault).toContain('on purpose')
        }
      })
    },
  )

  test.each([
    ['models', 6],
    ['discover', 7],
  ] as const)('in %s of a provider is a problem in the list, and nobody else notices', slow, async (place, first) => {
    await using house = await openShop()
    await strikeAll(house, first, async (fault) => {
      await house.use('shop_arm', { place, fault })
      const listed = house.kernel.call('models.list', { discover: true })
      return async () => {
        const { models, problems } = await listed
        expect(problems, fault).toContainEqual(expect.objectContaining({ provider: 'shop' }))
        expect(models).toContainEqual(expect.objectContaining({ id: 'scripted/model' }))
      }
    })
  })

  test.each([
    ['atSetUp', 0],
    ['atConnect', 1],
  ] as const)(
    '%s is tried in the next process or parked with its reason, and nobody else notices',
    slow,
    async (place, first) => {
      await using house = await openShop()
      await strikeAll(house, first, async (fault) => {
        await house.use('shop_arm', { place, fault })
        const reloaded = house.kernel.call('plugins.reload', { id: 'shop' })
        return async () => {
          await reloaded
          // What ended the process is tried in the next one; and a set-up that takes its time is told of later.
          const becomes = deadly.includes(fault) ? 'active' : 'parked'
          await house.until(async () => (await house.row('shop')).state === becomes)
          if (becomes === 'parked')
            expect((await house.row('shop')).reason, fault).toMatch(/on purpose|not set up within 10 s/)
          if (!deadly.includes(fault)) await house.kernel.call('plugins.reload', { id: 'shop' })
        }
      })
    },
  )
})
