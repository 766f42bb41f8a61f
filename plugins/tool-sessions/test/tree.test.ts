import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '@openclaw/kernel'
import { defineTool } from '@openclaw/sdk'
import { callTool, hang, say, toolPlugin } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it, vi } from 'vitest'
import { adas, atRest, channels, house, last, saidTo, shown, spawns, type House } from './house.ts'

// Many runs at once take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

/** What a process that was killed at this moment leaves behind. */
async function killed(own: House) {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-subagents-'))
  await cp(own.kernel.home, home, { recursive: true, filter: (path) => !path.endsWith('gateway.lock') })
  const closing = own.kernel.kernel.close('it is over')
  await own.kernel.platform.clock.advance(6000)
  await closing
  return { home, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true, maxRetries: 5 }) }
}

/** A disk that refuses every append from the one on that fits. */
function refuseFrom(
  platform: Platform,
  fits: (text: string) => boolean,
): { platform: Platform; readonly refusing: boolean } {
  const state = { refusing: false }
  const files: Platform['files'] = {
    ...platform.files,
    async open(path, mode) {
      const handle = await platform.files.open(path, mode)
      return {
        ...handle,
        async append(bytes) {
          state.refusing ||= fits(Buffer.from(bytes).toString())
          if (state.refusing) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
          await handle.append(bytes)
        },
      }
    },
  }
  return {
    platform: { ...platform, files },
    get refusing() {
      return state.refusing
    },
  }
}

describe('R9: a kill', () => {
  it('between the end of a sub-agent and its hand-over loses and doubles nothing', async () => {
    let disk: ReturnType<typeof refuseFrom> | undefined
    const script = (request: Parameters<typeof last>[0]) => {
      if (last(request).includes('delegate')) return spawns('compute')
      return say(shown(request).includes('delegate') ? 'noted' : 'it is 42')
    }
    const first = await house(script, {
      platform: (platform) => (disk = refuseFrom(platform, (text) => text.includes('"handover":"'))).platform,
    })
    await first.fake.say('delegate', { sender: 'ada' })
    while (!disk!.refusing) await new Promise((resolve) => setImmediate(resolve))
    await using left = await killed(first)
    await using second = await house(script, { home: left.home })
    await atRest(second.kernel, adas, 1)
    const said = await saidTo(second.kernel, adas)
    expect(said.filter((text) => text.includes('it is 42'))).toHaveLength(1)
    expect(second.fake.sent.at(-1)?.text).toBe('noted')
    await using quiet = await killed(second)
    await using third = await house(() => say('again'), { home: quiet.home })
    await atRest(third.kernel, adas, 1)
    expect(await saidTo(third.kernel, adas)).toEqual(said)
  })

  it('in the middle of many: each is handed over once', async () => {
    const tasks = Array.from({ length: 40 }, (_, at) => `task-${at}-`)
    const config = { channels, agents: { main: { subagents: { children: 40, concurrent: 40 } } } }
    const script = (stuck: boolean) => (request: Parameters<typeof last>[0]) => {
      if (last(request).includes('delegate')) return spawns(...tasks)
      if (shown(request).includes('delegate')) return say('noted')
      return stuck && /task-\d*[13579]-/.test(shown(request)) ? hang() : say('found')
    }
    const first = await house(script(true), { config })
    await first.fake.say('delegate', { sender: 'ada' })
    while ((await saidTo(first.kernel, adas).catch(() => [])).length < 21)
      await new Promise((resolve) => setImmediate(resolve))
    await using left = await killed(first)
    await using second = await house(script(false), { home: left.home, config })
    await atRest(second.kernel, adas, 40)
    const said = (await saidTo(second.kernel, adas)).flatMap((text) => /"(task-\d+-)"/.exec(text)?.[1] ?? [])
    expect(said.toSorted()).toEqual(tasks.toSorted())
  })
})

describe('limits', () => {
  it('hold depth, children and how many run at once', async () => {
    let running = 0
    let most = 0
    const told: string[] = []
    const { promise: open, resolve } = Promise.withResolvers<void>()
    const tool = defineTool({
      name: 'work',
      description: 'Works.',
      input: Type.Object({}),
      effect: 'read',
      async run() {
        most = Math.max(most, ++running)
        if (running === 2) resolve()
        await open
        running--
        return { content: [{ type: 'text', text: 'worked' }] }
      },
    })
    await using own = await house(
      (request) => {
        if (last(request).includes('delegate')) return spawns('a', 'b', 'c', 'd', 'e')
        if (shown(request).includes('delegate')) {
          told.push(last(request))
          return say('noted')
        }
        if (last(request).includes('deeper')) told.push(last(request))
        return last(request).includes('worked')
          ? callTool('sessions_spawn', { task: 'deeper' })
          : last(request).includes('deep here')
            ? say('found')
            : callTool('work', {})
      },
      {
        plugins: [toolPlugin('work', [tool])],
        config: { agents: { main: { subagents: { depth: 1, children: 4, concurrent: 2 } } } },
      },
    )
    await own.fake.say('delegate', { sender: 'ada' })
    await atRest(own.kernel, adas, 4)
    expect(most).toBe(2)
    expect(told.join('\n')).toMatch(/4 sub-agents are at work, which is all/)
    expect((await own.kernel.call('sessions.list', { below: adas })).total).toBe(4)
  })
})

it('L4: who stops the parent stops its sub-agents, and nothing is handed over', async () => {
  await using own = await house((request) => {
    if (last(request).includes('delegate')) return spawns('a', 'b')
    if (shown(request).includes('delegate')) return hang()
    return last(request).includes('"a"') || shown(request).includes('deeper')
      ? hang()
      : shown(request).includes('At work')
        ? hang()
        : spawns('deeper')
  })
  await own.fake.say('delegate', { sender: 'ada' })
  for (;;) {
    const { sessions } = await own.kernel.call('sessions.list', { below: adas })
    if (sessions.filter(({ running }) => running).length >= 3) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  const stopping = own.fake.say('/stop', { sender: 'ada' })
  await own.kernel.platform.clock.advance(2000)
  await stopping
  await own.fake.waitSent(1)
  await atRest(own.kernel, adas, 3)
  expect(own.fake.sent.map(({ text }) => text)).toEqual(['Stopped.'])
  expect(await saidTo(own.kernel, adas)).toEqual(['delegate'])
})

it('S13: a sub-agent has the role, the tools and the folder of who began it, and no chat', async () => {
  const asked: { role: string; root: string }[] = []
  const look = defineTool({
    name: 'look',
    description: 'Looks.',
    input: Type.Object({}),
    effect: 'read',
    async run(_, { role, workspace }) {
      asked.push({ role, root: workspace.root })
      return { content: [{ type: 'text', text: 'looked' }] }
    },
  })
  const change = defineTool({ ...look, name: 'change', effect: 'write' })
  const offered: string[][] = []
  await using own = await house(
    (request) => {
      offered.push(request.tools.map(({ name }) => name))
      if (last(request).includes('delegate')) return [callTool('look', {}), ...spawns('compute')]
      if (shown(request).includes('delegate')) return say('noted')
      return last(request).includes('looked') ? say('found') : callTool('look', {})
    },
    { plugins: [toolPlugin('look', [look, change])] },
  )
  await own.fake.say('delegate', { sender: 'ada' })
  await atRest(own.kernel, adas, 1)
  expect(asked).toHaveLength(2)
  expect(asked[1]).toEqual(asked[0])
  expect(asked[0]!.role).toBe('member')
  expect(offered.flat()).not.toContain('change')
  expect(own.fake.sent.every(({ peer }) => peer.id === 'ada')).toBe(true)
  const { lines } = await own.kernel.call('chat.history', { session: adas })
  expect(lines.filter(({ kind }) => kind === 'user').map(({ role }) => role)).toEqual(['member', 'member'])
})

it('R4: a session sees its own tree and no other, and gives tasks to nobody else', async () => {
  const told: string[] = []
  let child = ''
  await using own = await house((request) => {
    const text = last(request)
    if (text.includes('delegate')) return spawns('compute')
    if (!text.includes('spy')) {
      if (text.includes('"tool"') || text.includes('sub-agent') || text.includes('secret')) told.push(text)
      return say('secret: 42')
    }
    return [
      callTool('sessions_list', {}),
      callTool('sessions_history', { session: adas }),
      callTool('sessions_history', { session: child }),
      callTool('session_status', { session: adas }),
      callTool('sessions_send', { session: child, message: 'tell me' }),
    ]
  })
  await own.fake.say('delegate', { sender: 'ada' })
  child = (await atRest(own.kernel, adas, 1))[0]!
  told.length = 0
  const before = own.fake.sent.length
  await own.fake.say('spy', { sender: 'eve' })
  await own.fake.waitSent(before + 1)
  await atRest(own.kernel, adas, 1)
  const results = JSON.stringify(own.kernel.model.requests.at(-1)!.turns)
  expect(results).toMatch(/This session has no sub-agents/)
  expect(
    results.match(/neither this session nor one of its sub-agents|that you may see|is no sub-agent of this session/g)
      ?.length,
  ).toBeGreaterThanOrEqual(4)
  expect(results).not.toMatch(/secret/)
  expect(await saidTo(own.kernel, child)).toEqual(['compute'])
})

it('looks into its sub-agents, and gives one another task', async () => {
  let child = ''
  await using own = await house((request) => {
    const text = last(request)
    if (text.includes('delegate')) return spawns('compute')
    if (text.includes('go on'))
      return [
        callTool('sessions_list', {}),
        callTool('sessions_history', { session: child }),
        callTool('session_status', {}),
        callTool('sessions_send', { session: child, message: 'now halve it' }),
      ]
    if (shown(request).includes('delegate')) return say('noted')
    return say(text.includes('halve') ? 'it is 21' : 'it is 42')
  })
  await own.fake.say('delegate', { sender: 'ada' })
  child = (await atRest(own.kernel, adas, 1))[0]!
  await own.fake.say('go on', { sender: 'ada' })
  await own.fake.waitSent(4)
  expect(await saidTo(own.kernel, child)).toEqual(['compute', 'now halve it'])
  const results = shown(own.kernel.model.requests.at(-1)!)
  expect(results).toMatch(/at rest, \d+ lines/)
  expect(results).toMatch(/user: compute\\nassistant: it is 42/)
  expect(results).toMatch(/it is 21/)
})
