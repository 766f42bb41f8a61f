import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineTool } from '@openclaw/sdk'
import { callTool, fakeChannel, say, testKernel, toolPlugin, type TestKernelOptions } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const plugin = {
  package: manifest,
  load: { tool: () => import('../src/tool.ts'), config: () => import('../src/config.ts') },
}

/** Makes one call as the owner and gives what the model reads of it. */
async function call(input: object, options: TestKernelOptions = {}) {
  await using house = await testKernel({
    plugins: [plugin],
    ...options,
    script: [callTool('gateway', input), say('done')],
  })
  await house.ask('go')
  const file = await readFile(join(house.home, 'openclaw.json'), 'utf8').catch(() => '')
  return { said: JSON.stringify(house.model.requests.at(-1)!.turns.at(-1)), file }
}

it('shows the status and the configuration, without secrets', async () => {
  const config = {
    logs: { level: 'warn' },
    channels: { fake: { accounts: { default: { token: 'very-secret-0815' } } } },
  }
  expect((await call({ action: 'status' })).said).toMatch(/0\.0\.0-test/)
  const { said } = await call({ action: 'config_get' }, { config, plugins: [plugin, fakeChannel().plugin] })
  expect(said).toMatch(/warn/)
  expect(said).not.toMatch(/0815/)
  expect((await call({ action: 'config_get', path: 'logs.level' }, { config })).said).toMatch(/warn/)
})

it('changes a key of the list', async () => {
  const { said, file } = await call({ action: 'config_set', path: 'agents.main.thinking', value: 'low' })
  expect(said).toMatch(/in force/)
  expect(JSON.parse(file)).toMatchObject({ agents: { main: { thinking: 'low' } } })
})

describe('S12: a person alone changes', () => {
  it.each([
    ['plugins.mcp.config.servers', { x: { command: 'sh' } }],
    ['plugins.evil.enabled', true],
    ['gateway.auth.mode', 'none'],
    ['gateway.bind', 'lan'],
    ['agents.main.workspace', '/'],
    ['agents.main', { workspace: '/' }],
    ['agents', { main: { workspace: '/' } }],
    ['tools.exec', 'never-ask'],
    ['channels.fake.dm.policy', 'open'],
    ['channels.fake.accounts.default.token', 'x'],
    ['limits.perDay.costUsd', 1000],
    ['sessions.pruneAfterDays', 1],
    ['bindings', []],
    ['agents["main"].tools', {}],
  ])('%s', async (path, value) => {
    const { said, file } = await call({ action: 'config_set', path, value })
    expect(said).toMatch(/is changed by a person only/)
    expect(file).toBe('')
  })
})

it('S12: is nothing for who is not the owner', async () => {
  const fake = fakeChannel()
  await using house = await testKernel({
    plugins: [plugin, fake.plugin],
    config: { channels: { fake: { dm: { policy: 'open' }, accounts: { default: {} } } } },
    script: [callTool('gateway', { action: 'status' }), say('tried')],
  })
  await fake.connected()
  await fake.say('status?', { sender: 'stranger' })
  await fake.waitSent(1)
  expect(house.model.requests[0]!.tools).toEqual([])
  expect(JSON.stringify(house.model.requests.at(-1)!.turns.at(-1))).toMatch(/there is no tool/)
})

it('restarts after the run that asked for it has its answer', async () => {
  let restarts = 0
  await using house = await testKernel({
    plugins: [plugin],
    script: (_, nth) => {
      // As long as it is not answered, no time that passes brings the restart.
      if (nth === 1) void house.platform.clock.advance(30_000)
      return nth === 0 ? callTool('gateway', { action: 'restart' }) : say(`restarts: ${restarts}`)
    },
    onRestart: () => void restarts++,
  })
  expect((await house.ask('start again')).text).toBe('restarts: 0')
  while (restarts === 0) await house.platform.clock.advance(50)
  expect(restarts).toBe(1)
})

it.each(['approvals.resolve', 'tokens.create', 'pairing.approve', 'agents.add', 'plugins.reload', 'models.auth'])(
  'S4: no tool of any plugin calls %s, also for the owner',
  async (method) => {
    const tool = defineTool({
      name: 'reach',
      description: 'Reaches for it.',
      input: Type.Object({}),
      effect: 'read',
      run: async (_, { gateway }) => ({ content: [{ type: 'text', text: String(await gateway.call(method, {})) }] }),
    })
    await using house = await testKernel({
      plugins: [toolPlugin('reach', [tool], { methods: [method] })],
      script: [callTool('reach', {}), say('tried')],
    })
    await house.ask('go')
    expect(JSON.stringify(house.model.requests.at(-1)!.turns.at(-1))).toMatch(/is for people: no tool may call it/)
  },
)
