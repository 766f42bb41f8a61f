import { linkedPair } from '@openclaw/client'
import { expect, test } from 'vitest'
import { openHouse, shop } from './house.ts'

const slow = { timeout: 120_000 }
const config = {
  plugins: { shop: { isolation: 'process', config: { key: 'k-1' } } },
  tools: { exec: 'never-ask' },
}

/** A house whose plugin in a process of its own has tools and a model. */
async function openShop(more: object = {}) {
  const house = await openHouse([shop], { ...config, ...more })
  await house.becomes('shop', 'active')
  return house
}

test('tools and models of a plugin in a process of its own are there like any other', slow, async () => {
  await using house = await openShop()
  const { holds } = await house.row('shop')
  expect(holds).toContain('a process of its own')
  expect(holds.join()).toContain('tool: tools shop_arm, shop_try')
  const { models, offers, problems } = await house.kernel.call('models.list', { discover: true })
  expect(models).toContainEqual({ id: 'shop/echo', images: true })
  expect(offers).toContainEqual({ provider: 'shop', label: 'A shop', config: {}, models: ['echo'] })
  expect(problems).toEqual([])
  const { tools } = await house.kernel.call('tools.list', {})
  expect(tools).toContainEqual(expect.objectContaining({ name: 'shop_try', plugin: 'shop', effect: 'network' }))
})

test('S14: a tool there uses the workspace, jobs, gateway, media and progress of its run', slow, async () => {
  process.env['OPENCLAW_TEST_KEY'] = 'canary'
  await using house = await openShop()
  const [near, far] = linkedPair()
  const told: string[] = []
  near.onMessage((text) => void told.push(text))
  house.kernel.attach(far)
  const said = JSON.parse(await house.use('shop_work')) as Record<string, unknown>
  expect(said).toMatchObject({
    same: true,
    part: 'big',
    changed: [null, 'file', true, 'forbidden'],
    listed: [{ name: 'big.bin', kind: 'file', sizeBytes: 9_000_000 }],
    gone: 'nothing',
    output: 'in ./deep\n3',
    running: [true],
    heard: 'got hello\n',
    job: 'none',
    version: '0.0.0-test',
    refused: 'forbidden',
    about: { id: true, run: true, session: expect.stringContaining('agent:main:local'), role: 'owner' },
  })
  expect(told.some((text) => text.includes('agent.tool.progress') && text.includes('half way'))).toBe(true)
  const seen = JSON.parse(await house.use('shop_keep', { word: 'kept' })) as Record<string, unknown>
  expect(seen).toMatchObject({ kept: { word: 'kept' }, key: 'k-1' })
  expect(seen['pid']).not.toBe(process.pid)
  expect(seen['environment']).not.toContain('OPENCLAW_TEST_KEY')
  delete process.env['OPENCLAW_TEST_KEY']
})

test(
  'an input that does not fit is refused there, and a tool that comes later is there for the next run',
  slow,
  async () => {
    await using house = await openShop()
    expect(await house.use('shop_try', { count: 'many' })).toContain('count: must be integer')
    expect(await house.use('shop_more')).toContain('there is no tool "shop_more"')
    expect(await house.use('shop_grow')).toBe('grown')
    expect(await house.use('shop_more')).toBe('more')
  },
)

test('a model there answers runs, in order and whole, however long it talks', slow, async () => {
  await using house = await openShop({ agents: { main: { model: 'shop/long' } } })
  const { text } = await house.chat('hello')
  expect(text).toBe(`asked: hello${Array.from({ length: 2000 }, (_, word) => ` ${word}`).join('')}`)
})

test(
  'R1 L3: a process that dies in a call is started again; the model is told that the call may have happened',
  slow,
  async () => {
    await using house = await openShop()
    await house.use('shop_keep', { word: 'kept' })
    await house.use('shop_arm', { place: 'run', fault: 'exit' })
    expect(await house.use('shop_try')).toContain('it may have happened; check before repeating')
    expect(JSON.parse(await house.use('shop_keep'))).toMatchObject({ kept: { word: 'kept' } })
    expect(await house.use('shop_try')).toBe('went well')
  },
)

test('a model whose process dies before it says something is asked again, and answers', slow, async () => {
  await using house = await openShop({ agents: { main: {}, clerk: { model: 'shop/echo' } } })
  await house.use('shop_arm', { place: 'stream', fault: 'exit' })
  expect(await house.chat('hello', 'clerk')).toMatchObject({ status: 'answered', text: 'asked: hello' })
  expect(house.deaths()).toBe(1)
})

test('L4: a run that waits for a tool or a model there is stopped at once', slow, async () => {
  await using house = await openShop({ agents: { main: {}, clerk: { model: 'shop/first:hang' } } })
  await house.use('shop_arm', { place: 'run', fault: 'hang' })
  const waiting = [await house.begin('use shop_try {}'), await house.begin('hello', 'clerk')]
  await house.until(() => house.hung() === 2)
  for (const { session, ended } of waiting) {
    const began = performance.now()
    await house.kernel.call('chat.abort', { session })
    expect(await ended()).toMatchObject({ status: 'aborted' })
    expect(performance.now() - began).toBeLessThan(2000)
  }
  expect(house.deaths()).toBe(0)
})

test('a reload gives it the new configuration in a fresh process', slow, async () => {
  await using house = await openShop()
  const first = JSON.parse(await house.use('shop_keep')) as { pid: number }
  await house.kernel.call('config.set', { path: 'plugins.shop.config.key', value: 'k-2' })
  await house.kernel.call('plugins.reload', { id: 'shop' })
  await house.becomes('shop', 'active')
  const second = JSON.parse(await house.use('shop_keep')) as { pid: number; key: string }
  expect(second.key).toBe('k-2')
  expect(second.pid).not.toBe(first.pid)
})

test('one that cannot be set up is parked with its reason, and a reload tries again', slow, async () => {
  await using house = await openShop()
  for (const place of ['atSetUp', 'atConnect']) {
    await house.use('shop_arm', { place, fault: 'throw' })
    await house.kernel.call('plugins.reload', { id: 'shop' })
    await house.becomes('shop', 'parked')
    expect((await house.row('shop')).reason).toContain('thrown on purpose')
    await house.kernel.call('plugins.reload', { id: 'shop' })
    await house.becomes('shop', 'active')
  }
})
