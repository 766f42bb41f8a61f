import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { line, openHouse, openPlatform } from './house.ts'

const slow = { timeout: 120_000 }
const open = (port: number, more: object = {}) => ({
  channels: { line: { dm: { policy: 'open' }, accounts: { default: { port, ...more } } } },
})
const sent = (one: Record<string, unknown>) => one['kind'] === 'send'

test('a channel in a process of its own takes messages, keeps its store, renders and answers', slow, async () => {
  await using platform = await openPlatform()
  await using house = await openHouse([line], open(platform.port))
  await house.online('line')
  expect(await house.row('line')).toMatchObject({
    state: 'active',
    holds: ['a process of its own', 'channel line'],
  })
  await platform.says('hello')
  expect(await platform.hear(sent)).toMatchObject({
    message: { text: '<p>heard: [{"type":"text","text":"hello"}]</p>' },
  })
  expect(await house.kernel.call('channels.probe', {})).toMatchObject({
    probes: expect.arrayContaining([expect.objectContaining({ channel: 'line', ok: true, text: 'the line is good' })]),
  })
  platform.lines[0]!.destroy()
  expect(await platform.hear((one) => one['kind'] === 'hello' && one['cursor'] !== '')).toMatchObject({ cursor: 'e1' })
})

test('files travel in both directions as streams', slow, async () => {
  await using platform = await openPlatform()
  await using house = await openHouse([line], open(platform.port))
  await house.online('line')
  const sizeBytes = 3_000_000
  await platform.says('see this', { attachments: [{ ref: 'f', mime: 'application/pdf', name: 'f.pdf', sizeBytes }] })
  await platform.hear(sent)
  const digest = createHash('sha256').update(Buffer.alloc(sizeBytes, 7)).digest('hex')
  expect((await readFile(join(house.home, 'media', digest))).length).toBe(sizeBytes)

  const bytes = Buffer.alloc(1_000_000, 'stored ')
  const ref = createHash('sha256').update(bytes).digest('hex')
  await mkdir(join(house.home, 'media'), { recursive: true })
  await writeFile(join(house.home, 'media', ref), bytes)
  const from = platform.said.length
  await house.kernel.call('send', {
    to: { channel: 'line', account: 'default', peer: { kind: 'direct', id: 'u1' } },
    message: 'for you',
    attachments: [{ ref: `media:${ref}`, mime: 'application/pdf', name: 'g.pdf', sizeBytes: bytes.length }],
    idempotencyKey: 'k1',
  })
  const { files } = (await platform.hear(sent, from)) as { files: string[] }
  expect(Buffer.from(files[0]!, 'base64').equals(bytes)).toBe(true)
})

test('S10: its webhook is verified and answered in its process, over the local socket', slow, async () => {
  await using platform = await openPlatform()
  await using house = await openHouse([line], open(platform.port), true)
  await house.online('line')
  const { webhook } = (await platform.hear((one) => one['kind'] === 'hello')) as { webhook: string }
  expect(webhook).toBe(new URL('/webhooks/line/default', house.kernel.address).href)
  const post = (sign: string) =>
    fetch(webhook, { method: 'POST', headers: { 'x-sign': sign }, body: 'x'.repeat(500_000) })
  expect((await post('wrong')).status).toBe(401)
  const answer = await post('right')
  expect([answer.status, answer.headers.get('x-took'), await answer.text()]).toEqual([
    200,
    'yes',
    `POST ${webhook} 500000`,
  ])
})

test(
  'L3 L5: when its process dies its account goes offline, connects again, and what was owed is sent once',
  slow,
  async () => {
    await using platform = await openPlatform()
    await using house = await openHouse([line], open(platform.port))
    await house.online('line')
    platform.silent = true
    await platform.says('hello')
    await platform.hear(sent)
    await platform.arm('event', 'exit')
    platform.tell({ kind: 'event', event: {} })
    await house.until(() => house.deaths() === 1)
    platform.silent = false
    const status = await house.kernel.call('channels.status', { channel: 'line' })
    expect(status.accounts[0]).toMatchObject({ state: expect.stringMatching(/offline|connecting/) })
    const from = platform.said.length
    expect(await platform.hear(sent, from)).toMatchObject({ message: { text: expect.stringContaining('hello') } })
    await house.online('line')
    expect(await house.row('line')).toMatchObject({ state: 'active' })
    expect((await house.row('line')).reason).toBeUndefined()
    expect(platform.lines.length).toBe(1)
  },
)

test('five deaths within a minute park it with the reason, and a reload brings it back', slow, async () => {
  await using platform = await openPlatform()
  await using house = await openHouse([line], open(platform.port))
  for (let death = 1; death <= 5; death++) {
    await house.online('line')
    await platform.arm('event', 'exit')
    platform.tell({ kind: 'event', event: {} })
    await house.until(() => house.logged.filter((text) => / died( \d times|:)/.test(text)).length >= death)
  }
  expect(await house.row('line')).toMatchObject({
    state: 'parked',
    reason: expect.stringMatching(/died 5 times within a minute: it exited with code 7; .*plugins reload line/),
  })
  await house.until(async () => {
    const { accounts } = await house.kernel.call('channels.status', { channel: 'line' })
    return accounts[0]?.state === 'parked'
  })
  expect(await house.answeredInMs()).toBeLessThan(2000)
  await house.kernel.call('plugins.reload', { id: 'line' })
  await house.online('line')
  await platform.says('back?')
  await platform.hear(sent)
})
