import { defineTool } from '@openclaw/sdk'
import { callTool, say, testKernel, toolPlugin, type TestKernelOptions } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { chat } from './chat.ts'

const group = { kind: 'group', id: 'g1' } as const

/** Tools that note who used them, under names of ours and one of a stranger. */
function tools() {
  const ran: string[] = []
  const make = (name: string) =>
    defineTool({
      name,
      description: name,
      input: Type.Object({}),
      effect: 'read',
      async run() {
        ran.push(name)
        return { content: [{ type: 'text', text: 'done' }] }
      },
    })
  const plugins = [
    toolPlugin('own', [make('read'), make('web_search'), make('message')]),
    toolPlugin('strange', [make('strange_thing')]),
  ]
  return { ran, plugins }
}

const channel = {
  dm: { policy: 'allowlist', allow: ['ada', 'bo'] },
  groups: { allow: ['g1'] },
  accounts: { default: {} },
}

async function open(config: object, script: TestKernelOptions['script'] = () => say('ok')) {
  const room = chat()
  const { ran, plugins } = tools()
  const house = await testKernel({ plugins: [room.plugin, ...plugins], config, script })
  let said = 0
  return {
    house,
    room,
    ran,
    /** Says something and returns the names of the tools that the model was given for it. */
    async offered(from: string, more: object = {}) {
      await room.say('hello', { sender: { id: from }, ...more })
      const { tools } = await house.model.asked(++said)
      await room.until(() => room.messages.length >= said)
      return tools.map(({ name }) => name).sort()
    },
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  }
}

describe('the policy of tools', () => {
  it('S13: takes away for all, per agent, channel, sender and session, and deny wins', async () => {
    await using at = await open({
      tools: { deny: ['plugin:strange'] },
      channels: {
        chat: {
          ...channel,
          tools: { allow: ['group:fs', 'group:web', 'group:messaging'] },
          toolsBySender: { ada: { deny: ['read'] }, '*': { profile: 'messaging' } },
        },
      },
      sessions: { tools: { 'agent:main:chat:default:group:*': { deny: ['group:messaging'] } } },
    })
    expect(await at.offered('ada')).toEqual(['message', 'web_search'])
    expect(await at.offered('bo')).toEqual(['message'])
    expect(await at.offered('ada', { peer: group, mentioned: true })).toEqual(['web_search'])
    expect(await at.offered('cleo', { peer: group, mentioned: true })).toEqual([])
  })

  it('S12: refuses a call of what is not there, also when it was taken away while the run was at work', async () => {
    const room = chat()
    const { ran, plugins } = tools()
    let before = (): Promise<void> => Promise.resolve()
    const gate = defineTool({
      name: 'gate',
      description: 'waits',
      input: Type.Object({}),
      effect: 'read',
      async run() {
        await before()
        return { content: [{ type: 'text', text: 'through' }] }
      },
    })
    await using house = await testKernel({
      plugins: [room.plugin, ...plugins, toolPlugin('gate', [gate])],
      config: { channels: { chat: { ...channel, tools: { deny: ['web_search'] } } } },
      script: [
        [callTool('web_search', {}), callTool('gate', {})],
        callTool('read', {}),
        callTool('message', {}),
        say('done'),
      ],
    })
    before = async () => void (await house.call('config.set', { path: 'tools.deny', value: ['read'] }))
    await room.say('hello')
    await room.until(() => room.messages.length === 1)
    expect(ran).toEqual(['message'])
    expect(JSON.stringify(house.model.requests.at(-1)!.turns)).toContain(
      'read is not available in this session: denied by the configuration',
    )
  })

  it('S12: counts for a tool that another one calls', async () => {
    const called: string[] = []
    const carrier = defineTool({
      name: 'carrier',
      description: 'calls others',
      input: Type.Object({ tool: Type.String() }),
      effect: 'read',
      calls: ({ tool }) => tool,
      async run({ tool }) {
        called.push(tool)
        return { content: [{ type: 'text', text: 'called' }] }
      },
    })
    await using house = await testKernel({
      plugins: [toolPlugin('carrier', [carrier])],
      config: { tools: { deny: ['github_delete*'] } },
      script: [
        callTool('carrier', { tool: 'github_delete_repo' }),
        callTool('carrier', { tool: 'github_read' }),
        say('done'),
      ],
    })
    await house.ask('go')
    expect(called).toEqual(['github_read'])
    expect(JSON.stringify(house.model.requests[1]!.turns)).toContain('github_delete_repo is not available')
  })

  it('with a fault closes the part in which it is, and says what was meant', async () => {
    await using at = await open({
      channels: { chat: { ...channel, toolsBySender: { ada: { profile: 'mesaging' }, bo: { allow: ['group:fss'] } } } },
      sessions: { tools: { 'main:chat': { deny: ['*'] } } },
    })
    expect(await at.offered('ada')).toEqual([])
    expect(await at.offered('bo')).toEqual([])
    expect(await at.offered('cleo', { peer: group, mentioned: true })).toHaveLength(4)
    const { problems } = await at.house.call('config.get', {})
    expect(Object.fromEntries(problems.map(({ path, suggestion }) => [path, suggestion]))).toEqual({
      'channels.chat.toolsBySender.ada.profile': 'did you mean "messaging"?',
      'channels.chat.toolsBySender.bo.allow.0': 'did you mean "group:fs"?',
      'sessions.tools.main:chat': expect.stringContaining('agent:main:'),
    })
  })
})

describe('tools.explain', () => {
  it('says of each tool which rule took it away and what to change', async () => {
    await using at = await open({
      tools: { deny: ['plugin:strange', 'web_serch'] },
      agents: { work: { tools: { profile: 'coding' } } },
      channels: { chat: { ...channel, toolsBySender: { '*': { allow: ['message'] } } } },
    })
    const explain = async (params: object) => {
      const { tools, ...rest } = await at.house.call('tools.explain', params)
      return {
        ...rest,
        tools: Object.fromEntries(tools.map(({ name, change, path }) => [name, path && { path, change }])),
      }
    }
    const owner = await explain({})
    expect(owner).toMatchObject({ agent: 'main', role: 'owner', on: 'machine' })
    expect(owner.rules).toEqual([{ path: 'tools', deny: ['plugin:strange', 'web_serch'] }])
    expect(owner.idle).toEqual([{ path: 'tools.deny.1', rule: 'web_serch', meant: 'web_search' }])
    expect(owner.tools['read']).toBeUndefined()
    expect(owner.tools['strange_thing']).toEqual({
      path: 'tools.deny.0',
      change: 'take "plugin:strange" out of tools.deny',
    })
    const bo = await explain({ channel: 'chat', sender: 'bo' })
    expect(bo).toMatchObject({ role: 'member', session: 'agent:main:chat:default:bo' })
    expect(bo.tools['read']).toEqual({
      path: 'channels.chat.toolsBySender.*.allow',
      change: 'add "read" to channels.chat.toolsBySender.*.allow',
    })
    expect((await explain({ agent: 'work' })).tools['message']).toEqual({
      path: 'agents.work.tools.profile',
      change: 'set agents.work.tools.profile to messaging or full',
    })
    await at.offered('ada')
    const session = await explain({ session: 'agent:main:chat:default:ada' })
    expect(session).toMatchObject({
      role: 'member',
      rules: [{ path: 'tools' }, { path: 'channels.chat.toolsBySender.*' }],
    })
    await at.house.call('config.set', { path: 'agents.work.tools', value: { profile: 'full' } })
    expect((await explain({ agent: 'work' })).tools['message']).toBeUndefined()
  })

  it('names what it was not told rightly', async () => {
    await using at = await open({ agents: { work: {} }, channels: { chat: channel } })
    const refused = (params: object) => at.house.call('tools.explain', params).catch((error: Error) => error.message)
    expect(await refused({ agent: 'wrok' })).toContain('did you mean "work"?')
    expect(await refused({ sender: 'bo' })).toContain('name it too')
    expect(await refused({ session: 'nonsense' })).toContain('openclaw sessions list')
    expect(await refused({ session: 'agent:main:chat:default:bo', agent: 'main' })).toContain('name nothing else')
  })
})
