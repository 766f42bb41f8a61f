import { expect } from 'vitest'
import { channelBench, type ChannelBench } from '../bench.ts'
import type { ChannelCheck, ChannelFixture, Means } from '../fixture.ts'

const hasWebhook = ({ webhook }: Means) => webhook

/** A bench whose counterpart's calls are kept before they are delivered. */
async function listening(fixture: ChannelFixture): Promise<{ bench: ChannelBench; call: Request; body: string }> {
  const calls: { call: Request; body: string }[] = []
  const bench = await channelBench({
    ...fixture,
    start: (deliver) =>
      fixture.start(async (request) => {
        const body = await request.text()
        const { url, method, headers } = request
        calls.push({ call: new Request(url, { method, headers }), body })
        return deliver(new Request(url, { method, headers, body }))
      }),
  })
  await bench.counterpart.says('a real call')
  await bench.event('the message of a real call', ({ text }) => text === 'a real call')
  return { bench, ...calls.find(({ body }) => body.includes('a real call'))! }
}

const forgeries: readonly { how: string; headers(headers: Headers): Headers }[] = [
  {
    how: 'without a signature',
    headers: (headers) => new Headers([...headers].filter(([name]) => name === 'content-type')),
  },
  {
    how: 'with a wrong signature',
    headers: (headers) => new Headers([...headers].map(([name, value]) => [name, ours(name) ? flip(value) : value])),
  },
  {
    how: 'with an empty signature',
    headers: (headers) => new Headers([...headers].map(([name, value]) => [name, ours(name) ? '' : value])),
  },
  {
    how: 'with a signature beside a wrong one',
    headers: (headers) =>
      new Headers([...headers].map(([name, value]) => [name, ours(name) ? `${flip(value)}, ${value}` : value])),
  },
  {
    how: 'with a part of a signature',
    headers: (headers) =>
      new Headers([...headers].map(([name, value]) => [name, ours(name) ? value.slice(0, -1) : value])),
  },
]
const ours = (name: string) => name.startsWith('x-') || name === 'authorization'
const flip = (value: string) => value.slice(0, -1) + (value.endsWith('0') ? '1' : '0')

/** Calls from outside. */
export const webhookChecks: readonly ChannelCheck[] = forgeries.map(({ how, headers }) => ({
  name: `S10: refuses a webhook call ${how}, and takes nothing from it`,
  needs: hasWebhook,
  async run(fixture) {
    const { bench, call, body } = await listening(fixture)
    await using _bench = bench
    const { length } = bench.gateway.events
    const forged = new Request(call.url, { method: call.method, headers: headers(call.headers), body })
    expect((await bench.gateway.deliver(forged)).status).toBe(401)
    await bench.counterpart.says('another real call')
    await bench.event('the next real call', ({ text }) => text === 'another real call')
    expect(bench.gateway.events).toHaveLength(length + 1)
  },
}))
