import type { Shape } from '@openclaw/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { furnish } from '../e2e/channels/home.ts'
import { connect, startGateway, temporaryHome, until } from '../e2e/gateway.ts'
import { models, providerFolders, providerRules } from './models.ts'
import { serveVendors, type Question, type Reply, type Vendors } from './vendors.ts'

const shapes = Object.keys(models) as Shape[]
/** How a vendor says no: it has no time, it is broken, it is overloaded. */
const refusals = [
  { status: 429, message: 'slow down', retryAfterS: 3 },
  { status: 500, message: 'something broke' },
  { status: 529, message: 'overloaded' },
]
/** Every vendor with each of the others behind it. */
const pairs = shapes
  .flatMap((first) => shapes.filter((other) => other !== first).map((second) => ({ first, second })))
  .map((pair, at) => ({ ...pair, agent: `${pair.first}-${pair.second}`, refusal: refusals[at % refusals.length]! }))

/** Thinks and looks around before it answers; the first vendor of a pair says no as the message wants it to. */
function answer({ shape, turns }: Question): Reply {
  const asked = turns.findLastIndex(({ role }) => role === 'user')
  const [, agent, word] = /^(\S+) (\S+)/.exec(turns[asked]!.text)!
  const pair = pairs.find((one) => one.agent === agent)!
  const looked = turns.slice(asked).some(({ role }) => role === 'tool')
  if (shape === pair.first && (word === 'down' || (word === 'breaks' && looked))) return pair.refusal
  return looked ? { text: `${shape} answers` } : { tool: 'list', input: {}, thinking: 'I should look.' }
}

describe('a vendor that says no in the middle of a run, and before the next one', () => {
  const open = new AsyncDisposableStack()
  let vendors: Vendors
  let client: Awaited<ReturnType<typeof connect>>
  beforeAll(async () => {
    const home = open.use(await temporaryHome()).path
    vendors = open.use(await serveVendors(answer))
    const agents = pairs.map(({ agent, first, second }) => [
      agent,
      { model: models[first], fallbacks: [models[second]], thinking: 'low' },
    ])
    const config = { agents: Object.fromEntries(agents) as object, plugins: providerRules(vendors, 200_000) }
    await furnish(home, config, providerFolders)
    const gateway = open.use(await startGateway(home, { MODEL_KEY: 'k' }))
    client = open.use(await connect(home, gateway.address))
  })
  afterAll(() => open.disposeAsync())

  it.each(pairs)(
    'R7: $second goes on where $first says $refusal.status, and $first goes on later',
    { timeout: 120_000 },
    async ({ agent, first, second }) => {
      let count = 0
      const session = `agent:${agent}:local:default:owner`
      const ask = async (word: string) => {
        const told = { session, message: `${agent} ${word}`, idempotencyKey: `${agent} ${count++}` }
        const { run } = await client.call('chat.send', told)
        const { text, failure } = await client.call('agent.wait', { run, timeoutMs: 60_000 }, { timeoutMs: 60_000 })
        return failure ?? text
      }
      const refused = vendors.refused.length
      expect(await ask('well')).toBe(`${first} answers`)
      expect(await ask('breaks')).toBe(`${second} answers`)
      expect(await ask('down')).toBe(`${second} answers`)
      // What it was left alone for is over some time, and it reads what the other one thought and did.
      await until(async () => (await ask('well')) === `${first} answers`, 60_000)
      expect(vendors.refused.length).toBeGreaterThan(refused)
      expect(vendors.problems).toEqual([])
    },
  )
})
