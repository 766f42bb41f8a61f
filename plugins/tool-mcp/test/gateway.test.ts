import type { Caller, Store } from '@openclaw/sdk'
import { fakeClock, memoryStore } from '@openclaw/testing'
import { expect, it, vi } from 'vitest'
import gateway from '../src/gateway.ts'
import { open, planned } from './servers.ts'

// Each starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const owner: Caller = { principal: 'owner', role: 'owner', rights: ['admin'], signal: new AbortController().signal }
const log = { debug() {}, info() {}, warn() {}, error() {} }

/** What people see of servers of which so much is kept. */
async function seen(servers: object, store: Store) {
  const { signal } = owner
  const { handlers } = await gateway.setup({ config: { servers }, store, log, signal, clock: fakeClock() } as never)
  return {
    list: async () => (await handlers!['mcp.list']({}, owner)).servers,
    test: (server: string) => handlers!['mcp.test']({ server }, owner),
  }
}

it('what a server says otherwise is shown with what accepts it, and is accepted by that', async () => {
  const store = memoryStore()
  await using server = await planned({ name: 'a' }, { name: 'b' })
  const s = { ...server.command, effects: { a: 'read' } }
  const { list, test } = await seen({ s }, store)
  expect(await list()).toEqual([{ name: 's', at: process.execPath, state: 'new', tools: 0, asking: 0 }])
  expect(await test('s')).toEqual({ ok: true, ms: 0, tools: ['a', 'b'] })
  expect(await list()).toMatchObject([{ state: 'new' }])

  await (await open({ servers: { s } }, store))[Symbol.asyncDispose]()
  expect(await list()).toMatchObject([{ state: 'known', tools: 2, asking: 1 }])
  await server.plan({ name: 'a' }, { name: 'c' })
  const tried = await test('s')
  expect(tried).toMatchObject({ tools: ['a', 'c'], changed: ['b'], added: ['c'] })
  expect(await list()).toMatchObject([{ state: 'known', tools: 2 }])

  // The agent finds it when it calls the next tool.
  await using bench = await open({ servers: { s } }, store)
  await bench.call('s_a', {})
  expect(await list()).toMatchObject([
    { state: 'changed', tools: 2, changed: ['b'], added: ['c'], accept: tried.accept },
  ])
  const accepting = { s: { ...s, accept: tried.accept! } }
  await using later = await open({ servers: accepting }, store)
  await later.call('s_a', {})
  expect(await (await seen(accepting, store)).list()).toMatchObject([{ state: 'known', tools: 2, asking: 1 }])
})

it('what cannot be reached says why, and what is secret is not shown', async () => {
  const url = 'http://key@127.0.0.1:1/mcp?key=secret'
  const servers = {
    web: { url, headers: { authorization: 'Bearer secret' } },
    gone: { command: '/no/such', args: ['secret'] },
  }
  const { list, test } = await seen(servers, memoryStore())
  const shown = [...(await list()), await test('web'), await test('gone')]
  expect(shown).toMatchObject([
    { at: '127.0.0.1:1' },
    { at: '/no/such' },
    { ok: false, message: expect.stringContaining('does not answer at 127.0.0.1:1') },
    { ok: false, message: expect.stringContaining('could not be started (/no/such)') },
  ])
  expect(JSON.stringify(shown)).not.toContain('secret')
})
