import type { Shape } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { furnish } from '../e2e/channels/home.ts'
import { connect, startGateway, temporaryHome, until } from '../e2e/gateway.ts'
import { models, providerFolders, providerRules } from './models.ts'
import { serveVendors, type Question, type Reply } from './vendors.ts'

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

it.each(pairs)(
  'R7: $first says no with $refusal.status, in the middle of a run and before it: $second goes on, and $first later',
  { timeout: 120_000 },
  async ({ agent, first, second }) => {
    await using home = await temporaryHome()
    await using vendors = await serveVendors(answer)
    await furnish(
      home.path,
      {
        agents: { main: { model: models[first], fallbacks: [models[second]], thinking: 'low' } },
        plugins: providerRules(vendors, 200_000),
      },
      providerFolders,
    )
    await using gateway = await startGateway(home.path, { MODEL_KEY: 'k' })
    await using client = await connect(home.path, gateway.address)
    let count = 0
    const ask = async (word: string) => {
      const { run } = await client.call('chat.send', { message: `${agent} ${word}`, idempotencyKey: `k${count++}` })
      const { text, failure } = await client.call('agent.wait', { run, timeoutMs: 60_000 }, { timeoutMs: 60_000 })
      return failure ?? text
    }
    expect(await ask('well')).toBe(`${first} answers`)
    expect(await ask('breaks')).toBe(`${second} answers`)
    expect(await ask('down')).toBe(`${second} answers`)
    // What it was left alone for is over some time, and it reads what the other one thought and did.
    await until(async () => (await ask('well')) === `${first} answers`, 60_000)
    expect(vendors.refused.length).toBeGreaterThan(0)
    expect(vendors.problems).toEqual([])
  },
)
