import { describe, expect, test } from 'vitest'
import { faults, type Fault } from './fixture/fault.ts'
import { openHouse, shop } from './house.ts'

/** What only the end of the process mends. */
const deadly: readonly Fault[] = ['flood', 'frames', 'exit', 'memory', 'block']
/** Dozens of real processes die and start here; a machine that is busy with others may take one for hung. */
const slow = { timeout: 300_000, retry: 1 }
/** The fifth would park it. */
const mostDeaths = 3

async function openShop() {
  const house = await openHouse([shop], { agents: { main: {}, clerk: { model: 'shop/echo' } } })
  await house.becomes('shop', 'active')
  return house
}
type House = Awaited<ReturnType<typeof openShop>>

/**
 * Lets each fault happen in turn at one place, and looks that nobody else notices and that the plugin works again.
 * `strike` begins what goes wrong; what it gives looks at what became of it.
 */
async function strikeAll(house: House, place: string, strike: (fault: Fault) => Promise<() => Promise<void>>) {
  let reloaded = house.deaths()
  for (const fault of faults) {
    const about = `${fault} in ${place}`
    const deaths = house.deaths()
    const hung = house.hung()
    await house.use('shop_arm', { place, fault })
    const look = await strike(fault)
    expect(await house.answeredInMs(), `${about}: the other channel`).toBeLessThan(2000)
    if (deadly.includes(fault)) await house.until(() => house.deaths() > deaths)
    if (fault === 'hang') await house.until(() => house.hung() > hung)
    await look()
    if (!deadly.includes(fault)) expect(house.deaths(), `${about}: nothing died`).toBe(deaths)
    if (house.deaths() - reloaded >= mostDeaths) {
      await house.kernel.call('plugins.reload', { id: 'shop' })
      reloaded = house.deaths()
    }
    await house.becomes('shop', 'active')
    expect(await house.use('shop_try'), `${about}: it works again`).toBe('went well')
  }
  await house.kernel.call('plugins.reload', { id: 'shop' })
  await house.becomes('shop', 'active')
}

describe.concurrent('L3: a plugin in a process of its own that throws, hangs, floods, exits, eats memory or blocks', () => {
  test('in a tool is a failed call, and nobody else notices', slow, async () => {
    await using house = await openShop()
    for (const place of ['run', 'subject', 'effectOf'])
      await strikeAll(house, place, async (fault) => {
        const { session, ended } = await house.begin('use shop_try {}')
        return async () => {
          // What says nothing about an input is not waited for; only a call that hangs is for a person to stop.
          if (fault === 'hang' && place === 'run') await house.kernel.call('chat.abort', { session })
          const { status, text = '' } = await ended()
          const told = deadly.includes(fault)
            ? /it may have happened|ended before it answered|not what the contract says/
            : /on purpose|not what the contract says/
          if (fault === 'hang' && place === 'run') expect(status).toBe('aborted')
          else expect(text, fault).toMatch(told)
        }
      })
  })

  test('in a model is a failure, or the model is asked again, and nobody else notices', slow, async () => {
    await using house = await openShop()
    for (const place of ['stream', 'late'])
      await strikeAll(house, place, async (fault) => {
        const { session, ended } = await house.begin('hello', 'clerk')
        return async () => {
          if (fault === 'hang') await house.kernel.call('chat.abort', { session })
          const { status, text, failure } = await ended()
          if (deadly.includes(fault)) expect([status, text], fault).toEqual(['answered', 'asked: hello'])
          else if (fault === 'hang') expect(status).toBe('aborted')
          else expect(failure?.message, fault).toContain('on purpose')
        }
      })
  })

  test('in the list of models is a problem of the list, and nobody else notices', slow, async () => {
    await using house = await openShop()
    for (const place of ['models', 'discover'])
      await strikeAll(house, place, async (fault) => {
        const listed = house.kernel.call('models.list', { discover: true })
        return async () => {
          const { models, problems } = await listed
          expect(problems, fault).toContainEqual(expect.objectContaining({ provider: 'shop' }))
          expect(models).toContainEqual(expect.objectContaining({ id: 'scripted/model' }))
        }
      })
  })

  test('in its set-up is tried in the next process or parked, and nobody else notices', slow, async () => {
    await using house = await openShop()
    for (const place of ['atSetUp', 'atConnect'])
      await strikeAll(house, place, async (fault) => {
        const reloaded = house.kernel.call('plugins.reload', { id: 'shop' })
        return async () => {
          await reloaded
          if (deadly.includes(fault)) return
          await house.becomes('shop', 'parked')
          expect((await house.row('shop')).reason, fault).toMatch(/on purpose|not set up within 10 s/)
          await house.kernel.call('plugins.reload', { id: 'shop' })
        }
      })
  })
})
