import { expect, it } from 'vitest'
import { places } from './places.ts'
import { survive } from './survive.ts'

it.each(['webchat', 'telegram'] as const)(
  'R1 R2 R3 R4 R8: nothing is lost on %s when the gateway is killed at each named point, twice',
  { timeout: 240_000 },
  async (name) => {
    const place = await places[name]()
    const { killedAt } = await survive(name, { kills: 2 * place.points.length, points: true })
    expect(killedAt).toEqual([...place.points, ...place.points])
  },
)
