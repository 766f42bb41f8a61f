import { describe, expect, it } from 'vitest'
import { connectVendor, type Row, type Vendor } from '../src/index.ts'
import { collect, finish, request, scripted } from './scripted.ts'

const never = new AbortController().signal

/** A vendor of scripted models; `loads` counts how often its library was loaded. */
function vendor(more: Partial<Vendor> = {}, rows: readonly Row[] = []) {
  const seen = { loads: 0, made: [] as string[] }
  const models = connectVendor({
    id: 'openai',
    config: {},
    load: async () => {
      seen.loads++
      return (id) => (seen.made.push(id), scripted([{ type: 'text-delta', id: 't', delta: 'Hi.' }, finish()]))
    },
    list: async () => rows,
    ...more,
  })
  const cost = async (model: string) => {
    const end = (await collect(models.stream({ ...request, model }, never))).at(-1)
    return end?.type === 'done' ? end.usage.costUsd : undefined
  }
  return { models, seen, cost }
}

describe('a library', () => {
  it('is loaded with the first question, once, and keeps its models', async () => {
    const { models, seen, cost } = vendor()
    await models.models(never)
    expect(seen.loads).toBe(0)
    await Promise.all([cost('a'), cost('b'), cost('a')])
    expect(seen).toEqual({ loads: 1, made: ['a', 'b'] })
  })

  it('that could not be loaded is tried again with the next question', async () => {
    let loads = 0
    const load = () =>
      loads++ === 0 ? Promise.reject(new Error('no such module')) : Promise.resolve(() => scripted([finish()]))
    const { models } = vendor({ load })
    expect(await collect(models.stream(request, never))).toMatchObject([{ type: 'failed' }])
    expect(await collect(models.stream(request, never))).toMatchObject([{ type: 'done' }])
  })
})

describe('limits', () => {
  it('are those of the list, else the known ones, also of a version; unknown models have none', async () => {
    const { models } = vendor({}, [{ id: 'gpt-4o', contextTokens: 9 }, { id: 'gpt-4o-2024-08-06' }, { id: 'mine' }])
    expect(await models.models(never)).toEqual([
      { id: 'gpt-4o', contextTokens: 9, outputTokens: 16_384, images: true },
      { id: 'gpt-4o-2024-08-06', contextTokens: 128_000, outputTokens: 16_384, images: true },
      { id: 'mine' },
    ])
  })

  it('are those of the configuration where it names models, and nobody is asked', async () => {
    const list = () => Promise.reject(new Error('nobody may be asked'))
    const { models } = vendor({ list, config: { models: [{ id: 'gpt-4o', contextTokens: 9 }] } })
    expect(await models.models(never)).toEqual([{ id: 'gpt-4o', contextTokens: 9, outputTokens: 16_384, images: true }])
  })
})

it('a cost is what the vendor says, else by the price of the configuration, of the list, of the catalog, else unknown', async () => {
  const priced = (input: number) => ({ input, output: 0 })
  const rows = [{ id: 'gpt-4o', price: priced(2_000_000) }]
  const tokens = 100
  const { cost, models } = vendor({}, rows)
  expect(await cost('gpt-4o')).toBeCloseTo((60 * 2.5 + 40 * 1.25 + 7 * 10) / 1_000_000, 12)
  await models.models(never)
  expect(await cost('gpt-4o')).toBe(2 * tokens)
  const own = { prices: { 'gpt-4o': priced(3_000_000) } }
  const configured = vendor({ config: own }, rows)
  await configured.models.models(never)
  expect(await configured.cost('gpt-4o')).toBe(3 * tokens)
  expect(await configured.cost('gpt-4o-2024-08-06')).toBe(3 * tokens)
  expect(await vendor({ config: own, said: () => 7 }).cost('gpt-4o')).toBe(7)
  expect(await vendor().cost('mine')).toBeUndefined()
})

it('nobody is asked while nothing is configured', async () => {
  const { models, seen } = vendor({ unset: 'acme: there is no key' }, [{ id: 'a' }])
  expect(await models.models(never)).toEqual([])
  expect(await collect(models.stream(request, never))).toEqual([
    { type: 'failed', failure: { code: 'unauthorized', message: 'acme: there is no key' } },
  ])
  expect(seen.loads).toBe(0)
})
