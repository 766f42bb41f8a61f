import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTool } from '@openclaw/sdk'
import { callTool, say, testKernel, toolPlugin, type TestKernelOptions } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { chat } from './chat.ts'

const group = { kind: 'group', id: 'g1' } as const
const people = { boss: 'owner', mia: 'member' }
const config = { channels: { chat: { groups: { allow: ['g1'] }, accounts: { default: {} } } } }

/** A house with an owner, a member, and a chat with strangers in a group. */
async function open(options: TestKernelOptions = {}, traits: Parameters<typeof chat>[0] = {}) {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-commands-'))
  await mkdir(join(home, 'allowlists'))
  const senders = Object.fromEntries(Object.entries(people).map(([id, role]) => [id, { role }]))
  await writeFile(
    join(home, 'allowlists', 'chat.json'),
    JSON.stringify({ version: 1, accounts: { default: { senders } } }),
  )
  const room = chat(traits)
  const house = await testKernel({ config, home, ...options, plugins: [room.plugin, ...(options.plugins ?? [])] })
  return {
    house,
    room,
    /** Types something and returns what was answered. */
    async type(text: string, from = 'boss', more: object = {}) {
      const before = room.messages.length
      await room.say(text, { sender: { id: from }, ...more })
      await room.until(() => room.messages.length > before)
      return room.messages.at(-1)!.text
    },
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}

describe('commands', () => {
  it('are answered without the model, each for its role', async () => {
    await using at = await open()
    const guest = { peer: group, mentioned: true }
    expect(await at.type('/help')).toContain('/model')
    expect(await at.type('/help', 'mia')).not.toContain('/model')
    expect(await at.type('/whoami', 'mia')).toContain('role: member')
    expect(await at.type('/whoami', 'stranger', guest)).toContain('role: guest')
    expect(await at.type('/status')).toContain('idle')
    expect(await at.type('/usage')).toContain('Nothing was used')
    expect(await at.type('/stop')).toBe('Nothing is being done.')
    for (const command of ['/model scripted/model', '/think high', '/approve abcdef', '/deny abcdef'])
      expect(await at.type(command, 'mia')).toContain('for the owner only')
    for (const command of ['/new', '/reset', '/stop', '/status', '/compact', '/usage'])
      expect(await at.type(command, 'stranger', guest)).toContain('who were let in only')
    expect(at.house.model.requests.length).toBe(0)
  })

  it('S18: of somebody we know count in a group without a mention, of strangers only with one', async () => {
    await using at = await open()
    await at.room.say('/whoami', { sender: { id: 'stranger' }, peer: group })
    await at.room.say('/stop', { sender: { id: 'stranger' }, peer: group })
    expect(await at.type('/whoami', 'mia', { peer: group })).toContain('role: member')
    expect(at.room.messages.length).toBe(1)
  })

  it('S18: /verbose is switched by the owner only, for this conversation', async () => {
    await using at = await open()
    expect(await at.type('/verbose on', 'mia')).toContain('for the owner only')
    expect(await at.type('/verbose')).toContain('not shown here. Choose with `/verbose on | off`')
    expect(await at.type('/verbose loud')).toContain('one of on, off')
    expect(await at.type('/verbose on')).toBe('The calls of tools are shown here from now on.')
    expect(await at.type('/verbose')).toContain('are shown here')
    expect(await at.type('/verbose off')).toBe('The calls of tools are not shown here from now on.')
  })

  it('begin anew: /reset keeps the settings, /new forgets them and takes a first message', async () => {
    await using at = await open({ script: () => say('hello') })
    expect(await at.type('my name is Bo')).toBe('hello')
    expect(await at.type('/think high')).toContain('high')
    expect(await at.type('/reset')).toContain('Begun anew')
    expect(await at.type('/think')).toContain('high')
    expect(await at.type('/new what is my name?')).toBe('hello')
    expect(await at.type('/think')).toContain('as the agent is set')
    const { turns } = at.house.model.requests.at(-1)!
    expect(JSON.stringify(turns)).toContain('what is my name?')
    expect(JSON.stringify(turns)).not.toContain('Bo')
  })

  it('choose a model by its name, and say what there is', async () => {
    await using at = await open()
    expect(await at.type('/model')).toContain('scripted/model')
    expect(await at.type('/model scripted/modle')).toContain('did you mean `scripted/model`')
    expect(await at.type('/model scripted/model')).toContain('from now on')
    expect(await at.type('/model default')).toContain('again')
  })

  it('A42: /skill lists what can be used here, and has the agent use one', async () => {
    await using at = await open({ script: () => say('hot') })
    const write = async (name: string, matter: string) => {
      await mkdir(join(at.house.home, 'skills', name), { recursive: true })
      await writeFile(join(at.house.home, 'skills', name, 'SKILL.md'), `---\nname: ${name}\n${matter}\n---\n`)
    }
    const needs = (key: string) => `metadata: ${JSON.stringify({ openclaw: { requires: { config: [key] } } })}`
    expect(await at.type('/skill')).toBe('There are no skills to use here.')
    await write('tea', `description: Makes tea.\n${needs('channels.chat')}`)
    await write('tea time', 'description: Says when.')
    await write('coffee', needs('channels.nowhere'))
    expect((await at.type('/skill', 'mia')).split('\n').slice(1)).toEqual([
      '- `tea` Makes tea.',
      '- `tea time` Says when.',
    ])
    expect(await at.type('/skill coffee')).toContain('it needs the setting channels.nowhere')
    expect(await at.type('/skill coffee', 'mia')).toBe('The skill `coffee` cannot be used here.')
    expect(await at.type('/skill tee')).toContain('did you mean `tea`')
    expect(at.house.model.requests.length).toBe(0)
    expect(await at.type('/skill Tea brew some')).toBe('hot')
    expect(await at.type('/skill tea time', 'mia')).toBe('hot')
    const [brewing, timing] = at.house.model.requests.map(({ turns }) => JSON.stringify(turns))
    expect(brewing).toContain('Use the skill tea: brew some')
    expect(timing).toContain('Use the skill tea time.')
    expect(at.house.model.requests[0]!.system).toContain('- tea: Makes tea.')
    expect(at.house.model.requests[0]!.system).not.toContain('coffee')
  })

  it('L4: /stop ends what is being done, once, and drops what waits', async () => {
    const entered = Promise.withResolvers<void>()
    const stuck = defineTool({
      name: 'stuck',
      description: 'hangs',
      input: Type.Object({}),
      effect: 'read',
      async run(_input, { signal }) {
        entered.resolve()
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      },
    })
    await using at = await open({ plugins: [toolPlugin('stuck', [stuck])], script: [callTool('stuck', {})] })
    await at.room.say('go', { sender: { id: 'boss' } })
    await entered.promise
    await at.room.say('and then this', { sender: { id: 'boss' } })
    await at.room.say('/stop', { sender: { id: 'boss' } })
    await at.room.until(() => at.room.messages.length === 1)
    expect(at.room.messages.map(({ text }) => text)).toEqual(['Stopped.'])
    expect((await at.house.call('status', {})).owed.accepts).toBe(0)
  })

  it('are taken once when they come twice', async () => {
    await using at = await open()
    await at.room.say('/whoami', { sender: { id: 'boss' }, event: 'twice' })
    await at.room.say('/whoami', { sender: { id: 'boss' }, event: 'twice' })
    await at.type('/help')
    expect(at.room.messages.length).toBe(2)
  })

  it('are no commands where words follow that mean something else', async () => {
    await using at = await open({ script: () => say('as you like') })
    for (const text of ['/stop the war', '/home/boss is full', '/status@another_bot'])
      expect(await at.type(text)).toBe('as you like')
  })
})

describe('a yes from the chat', () => {
  const ran: string[] = []
  const shell = defineTool({
    name: 'shell',
    description: 'runs',
    input: Type.Object({ command: Type.String() }),
    effect: 'exec',
    subject: ({ command }) => command,
    async run({ command }) {
      ran.push(command)
      return { content: [{ type: 'text', text: 'ran' }] }
    },
  })
  const script = [callTool('shell', { command: 'rm `x`' }), say('done')]
  const plugins = [toolPlugin('shell', [shell])]

  it('S18: is a click of the owner on the question; a stranger clicks and nothing happens', async () => {
    ran.length = 0
    await using at = await open({ plugins, script })
    expect(await at.type('clean up')).toContain('rm `x`')
    const [allow, deny] = at.room.messages[0]!.message.choices!
    expect(await at.room.click(allow!.id, 'stranger')).toEqual({ taken: false, text: expect.stringContaining('owner') })
    expect(await at.room.click(allow!.id, 'mia')).toMatchObject({ taken: false })
    expect(ran).toEqual([])
    expect(await at.room.click(allow!.id, 'boss')).toEqual({ taken: true, text: 'Allowed.' })
    await at.room.until(() => at.room.messages.length === 2)
    expect(ran).toEqual(['rm `x`'])
    expect(await at.room.click(deny!.id, 'boss')).toMatchObject({
      taken: true,
      text: expect.stringContaining('already'),
    })
    expect(await at.room.click('nonsense', 'boss')).toMatchObject({ taken: false })
  })

  it('is a command with the end of its id where there are no buttons; a plain yes is none', async () => {
    ran.length = 0
    await using at = await open({ plugins, script }, { choices: false })
    const question = await at.type('clean up')
    const id = /Allow: \/approve (\w+)/.exec(question)![1]!
    expect(at.room.messages[0]!.message.choices).toBeUndefined()
    expect(await at.type('/approve')).toContain(id)
    expect(await at.type('/approve wrong1')).toContain('Nothing waits')
    expect(ran).toEqual([])
    await at.room.say(`/approve ${id}`, { sender: { id: 'boss' } })
    await at.room.until(() => at.room.messages.some(({ text }) => text === 'done'))
    expect(ran).toEqual(['rm `x`'])
  })
})
