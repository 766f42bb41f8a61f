import { defineTool, type Effect } from '@openclaw/sdk'
import { callTool, say, toolPlugin, writeAllowlist } from '@openclaw/testing'
import Type from 'typebox'
import { expect, it, vi } from 'vitest'
import { adas, atRest, channels, house, last, saidTo, shown } from './house.ts'

// Many runs at once take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const tool = (name: string, effect: Effect) =>
  defineTool({
    name,
    description: `It is ${name}.`,
    input: Type.Object({}),
    effect,
    run: async () => ({ content: [{ type: 'text', text: name }] }),
  })
const kit = toolPlugin('kit', [tool('peek', 'read'), tool('poke', 'write'), tool('post', 'network')])
/** Delegates to the agent `work` when it is told to, and answers otherwise. */
const script = (request: Parameters<typeof last>[0]) => {
  if (last(request).includes('delegate')) return callTool('sessions_spawn', { task: 'compute', agent: 'work' })
  if (last(request).includes('ask again')) return callTool('sessions_list', {})
  const [, session] = /(agent:work:subagent:[0-9a-f-]+) {2}at rest/.exec(last(request)) ?? []
  if (session) return callTool('sessions_send', { session, message: 'and once more' })
  return say(shown(request).includes('delegate') ? 'noted' : 'it is 42')
}

it.each([
  ['by default', {}, 'agents.main.subagents.allowAgents'],
  ['when it allows another one', { allowAgents: ['home'] }, 'agents.main.subagents.allowAgents'],
  ['when there is no such agent', { allowAgents: ['*'] }, 'is not configured'],
])('a sub-agent of another agent is refused %s', async (_when, subagents, why) => {
  await using own = await house(script, { config: { channels, agents: { main: { subagents }, home: {} } } })
  await own.fake.say('delegate', { sender: 'ada' })
  await own.fake.waitSent(1)
  const { sessions } = await own.kernel.call('sessions.list', {})
  expect(sessions.map(({ key }) => key)).toEqual([adas])
  expect(shown(own.kernel.model.requests.at(-1)!)).toContain(why)
})

it('R9: a sub-agent of another agent works as that agent, reports, and is spoken with again', async () => {
  const agents = { main: { subagents: { allowAgents: ['work'] } }, work: { thinking: 'high' } }
  await using own = await house(script, { config: { channels, agents } })
  await own.fake.say('delegate', { sender: 'ada' })
  const [child] = await atRest(own.kernel, adas, 1)
  expect(child).toMatch(/^agent:work:subagent:/)
  await own.fake.say('ask again', { sender: 'ada' })
  await expect
    .poll(async () => (await saidTo(own.kernel, adas)).filter((text) => text.includes('it is 42')).length, {
      timeout: 60_000,
    })
    .toBe(2)
  expect(await saidTo(own.kernel, child!)).toEqual(['compute', 'and once more'])
  expect(own.kernel.model.requests.find((request) => last(request).includes('compute'))!.thinking).toBe('high')
})

it('S13: a sub-agent of another agent may use only what those above it may, with their role', async () => {
  const agents = {
    main: { subagents: { allowAgents: ['work'] }, tools: { deny: ['post'] }, sandbox: { mode: 'all' } },
    // On its own it could do everything, on this machine.
    work: { sandbox: { mode: 'off' } },
  }
  await using own = await house(script, { plugins: [kit], config: { channels, agents } })
  await writeAllowlist(own.kernel.home, 'fake', { olga: 'owner' })
  const toolsOf = (text: string) => {
    const request = own.kernel.model.requests.findLast((one) => last(one).includes(text))!
    return request.tools.map(({ name }) => name).filter((name) => ['peek', 'poke', 'post'].includes(name))
  }
  await own.kernel.ask('alone', { session: 'agent:work:local:default:owner' })
  expect(toolsOf('alone')).toEqual(['peek', 'poke', 'post'])

  await own.fake.say('delegate', { sender: 'olga' })
  await atRest(own.kernel, 'agent:main:fake:default:olga', 1)
  expect(toolsOf('compute')).toEqual(['peek'])

  await own.fake.say('delegate', { sender: 'ada' })
  await atRest(own.kernel, adas, 1)
  expect(toolsOf('compute')).toEqual(['peek'])
  const request = own.kernel.model.requests.findLast((one) => last(one).includes('compute'))
  expect(JSON.stringify(request)).toContain('You do not speak with your owner here')
})

it("R4: with scope `agent` the owner's sessions see those of their own agent, and nobody else's see more than their own", async () => {
  const plugins = { sessions: { config: { scope: 'agent' } } }
  await using own = await house(
    (request) => {
      const [, session] = /read (\S+?)"/.exec(last(request)) ?? []
      if (session) return callTool('sessions_history', { session })
      return last(request).includes('which') ? callTool('sessions_list', {}) : say('[[canary]]')
    },
    { config: { channels, plugins, agents: { work: {} } } },
  )
  const told = () => last(own.kernel.model.requests.at(-1)!)
  await own.fake.say('hello', { sender: 'ada' })
  await own.fake.waitSent(1)
  await own.kernel.ask('hello', { session: 'agent:work:local:default:owner' })
  await own.kernel.ask('which are there?')
  expect(told()).toContain(adas)
  expect(told()).not.toContain('agent:work')
  await own.kernel.ask(`read ${adas}`)
  expect(told()).toContain('canary')
  await own.kernel.ask('read agent:work:local:default:owner')
  expect(told()).toContain('is neither this session nor one of its sub-agents')
  await own.fake.say('read agent:main:local:default:owner', { sender: 'eve' })
  await own.fake.waitSent(2)
  expect(told()).toContain('that you may see')
})
