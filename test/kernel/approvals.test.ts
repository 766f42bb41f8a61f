import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTool } from '@openclaw/sdk'
import {
  callTool,
  fakeChannel,
  gatewayPlugin,
  say,
  testKernel,
  toolPlugin,
  writeAllowlist,
  type Script,
  type TestKernel,
} from '@openclaw/testing'
import Type from 'typebox'
import { expect, it } from 'vitest'

const session = 'agent:main:local:default:owner'

/** A shell that only notes what it was given. */
function shell() {
  const ran: string[] = []
  const tool = defineTool({
    name: 'shell',
    description: 'Runs a command.',
    input: Type.Object({ command: Type.String() }),
    effect: 'exec',
    subject: ({ command }) => command,
    async run({ command }) {
      ran.push(command)
      return { content: [{ type: 'text', text: `${command} ran` }] }
    },
  })
  return { ran, plugin: toolPlugin('kit', [tool]) }
}
const want = (command: string) => callTool('shell', { command })

/** Wants the command that it is told after "do", says what it was told otherwise, and tells what came of a call. */
const obedient: Script = ({ turns }) => {
  const last = turns.at(-1)!
  const text = last.content.map((part) => ('text' in part ? part.text : '')).join('')
  if (last.role === 'tool') return say(`so: ${text}`)
  const command = /\bdo (\S+)$/.exec(text)?.[1]
  return command ? want(command) : say(`heard: ${text.slice(-20)}`)
}

const send = async ({ call }: TestKernel, message: string) =>
  (await call('chat.send', { message, idempotencyKey: message })).run
const answer = async ({ call }: TestKernel, run: string) => (await call('agent.wait', { run, timeoutMs: 60_000 })).text
const waiting = async ({ call }: TestKernel) => (await call('approvals.list', {})).approvals
async function asked(house: TestKernel, count = 1) {
  while ((await waiting(house)).length < count) await new Promise(setImmediate)
  while ((await house.call('sessions.get', { session })).running) await new Promise(setImmediate)
  return waiting(house)
}

it('S21: while a call waits its run holds nothing, others are answered, and then it goes on', async () => {
  const { ran, plugin } = shell()
  await using house = await testKernel({ plugins: [plugin], script: obedient })
  const run = await send(house, 'do a')
  const [approval] = await asked(house)
  expect((await house.call('chat.history', { session })).running).toEqual([])
  expect(await answer(house, await send(house, 'yes'))).toBe('heard: yes')
  expect(JSON.stringify(house.model.requests.at(-1)!.turns)).toContain('waits for a yes goes on by itself')
  expect(await answer(house, await send(house, 'yes, I allow it'))).toBe('heard: yes, I allow it')
  expect(ran).toEqual([])
  await house.call('approvals.resolve', { id: approval!.id, verdict: 'allow' })
  expect(await answer(house, run)).toBe('so: a ran')
  expect(ran).toEqual(['a'])
  expect((await house.call('status', {})).owed).toMatchObject({ accepts: 0, approvals: 0 })
})

it.each([
  ['allow', 'so: a ran', ['a']],
  ['deny', 'so: not allowed: shell was not run: the owner said no', []],
] as const)('S21: a question outlives restarts, and %s counts once', async (verdict, text, ranThen) => {
  const { ran, plugin } = shell()
  let house = await testKernel({ plugins: [plugin], script: obedient })
  const run = await send(house, 'do a')
  const [first] = await asked(house)
  for (let start = 0; start < 4; start++) house = await house.restart()
  const [approval] = await asked(house)
  expect(approval).toEqual(first)
  const decide = () => house.call('approvals.resolve', { id: approval!.id, verdict })
  const all = await Promise.allSettled([decide(), decide(), decide()])
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await answer(house, run)).toBe(text)
  expect(ran).toEqual(ranThen)
  await expect(decide()).rejects.toMatchObject({ code: 'not_found' })
  await house[Symbol.asyncDispose]()
})

it('S21: a question that nobody answers is a no after its time, also after a restart', async () => {
  const { ran, plugin } = shell()
  const minuteMs = 60_000
  const config = { tools: { askForMs: 10 * minuteMs } }
  let house = await testKernel({ plugins: [plugin], config, script: obedient })
  const run = await send(house, 'do a')
  const [approval] = await asked(house)
  await house.platform.clock.advance(9 * minuteMs)
  expect(await waiting(house)).toEqual([approval])
  await house.platform.clock.advance(minuteMs)
  expect(await answer(house, run)).toContain('nobody said yes in time')
  const other = await send(house, 'do b')
  await asked(house)
  house = await house.restart()
  await house.platform.clock.advance(approval!.expiresAt + 20 * minuteMs - house.platform.clock.now())
  expect(await answer(house, other)).toContain('nobody said yes in time')
  expect(ran).toEqual([])
  await house[Symbol.asyncDispose]()
})

it('a question waits for a day when nothing else is said', async () => {
  const { plugin } = shell()
  await using house = await testKernel({ plugins: [plugin], script: obedient })
  await send(house, 'do a')
  const [approval] = await asked(house)
  expect(approval!.expiresAt - approval!.createdAt).toBe(24 * 3_600_000)
})

it('S21: each call of a step has a yes of its own', async () => {
  const { ran, plugin } = shell()
  await using house = await testKernel({
    plugins: [plugin],
    script: [[want('a'), want('b')], say('both are done')],
  })
  const run = await send(house, 'go')
  const both = await asked(house, 2)
  const of = (subject: string) => both.find((one) => one.subject === subject)!.id
  await house.call('approvals.resolve', { id: of('b'), verdict: 'allow' })
  while (ran.length === 0) await new Promise(setImmediate)
  expect(await asked(house)).toMatchObject([{ subject: 'a' }])
  await house.call('approvals.resolve', { id: of('a'), verdict: 'deny' })
  expect(await answer(house, run)).toBe('both are done')
  expect(ran).toEqual(['b'])
  const { turns } = house.model.requests.at(-1)!
  expect(turns.filter(({ role }) => role === 'tool')).toHaveLength(2)
})

it('S21: the same command wanted again, or other arguments, are asked about again', async () => {
  const { ran, plugin } = shell()
  let extra = ''
  const watch = gatewayPlugin('watch', {
    intercept: {
      'tool.call': (value) => {
        const { command } = value.input as { command: string }
        return extra ? { replace: { ...value, input: { command: command + extra } } } : undefined
      },
    },
  })
  await using house = await testKernel({
    plugins: [plugin, watch],
    script: [want('a'), want('a'), say('done')],
  })
  const run = await send(house, 'go')
  const [first] = await asked(house)
  // Between the question and the yes something else came to stand in the arguments.
  extra = ' and more'
  await house.call('approvals.resolve', { id: first!.id, verdict: 'allow' })
  while ((await waiting(house))[0]?.id === first!.id || (await waiting(house)).length === 0)
    await new Promise(setImmediate)
  const [second] = await asked(house)
  expect(second!.subject).toContain('a and more')
  expect(ran).toEqual([])
  await house.call('approvals.resolve', { id: second!.id, verdict: 'allow' })
  while (ran.length === 0) await new Promise(setImmediate)
  const [third] = await asked(house)
  expect(third!.id).not.toBe(second!.id)
  await house.call('approvals.resolve', { id: third!.id, verdict: 'deny' })
  expect(await answer(house, run)).toBe('done')
  expect(ran).toEqual(['a and more'])
})

it('S21: a yes for the owner is none for a run in which somebody else has a word by now', async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-approvals-'))
  await writeAllowlist(home, 'fake', { boss: 'owner' }, ['club'])
  const { ran, plugin } = shell()
  const room = fakeChannel()
  const peer = { kind: 'group', id: 'club' } as const
  await using house = await testKernel({
    home,
    plugins: [
      plugin,
      room.plugin,
      gatewayPlugin('watch', { intercept: { 'tool.call': () => ({ stop: { ask: 'really?' } }) } }),
      toolPlugin('look', [
        defineTool({
          name: 'look',
          description: 'looks',
          input: Type.Object({}),
          effect: 'read',
          async run() {
            ran.push('look')
            return { content: [{ type: 'text', text: 'seen' }] }
          },
        }),
      ]),
    ],
    config: { channels: { fake: { groups: { mention: true }, accounts: { default: {} } } } },
    script: ({ turns }) =>
      turns.at(-1)!.role === 'tool'
        ? say('done')
        : JSON.stringify(turns.at(-1)).includes('look')
          ? callTool('look', {})
          : say('hm'),
  })
  await room.connected()
  await room.say('look', { sender: 'boss', peer, mentioned: true })
  const { payload } = await house.hear('approval.requested')
  await room.say('and I say', { sender: 'mallory', peer, mentioned: true })
  await room.waitSent(1)
  await house.call('approvals.resolve', { id: payload.id, verdict: 'allow' })
  const { payload: again } = await house.hear('approval.requested', ({ id }) => id !== payload.id)
  expect(ran).toEqual([])
  await house.call('approvals.resolve', { id: again.id, verdict: 'allow' })
  while (ran.length === 0) await new Promise(setImmediate)
  await rm(home, { recursive: true, force: true })
})

it('ends with its session stopped, and its question is no more', async () => {
  const { ran, plugin } = shell()
  await using house = await testKernel({ plugins: [plugin], script: obedient })
  const run = await send(house, 'do a')
  const [approval] = await asked(house)
  await house.call('chat.abort', { session })
  expect(await house.call('agent.wait', { run, timeoutMs: 60_000 })).toMatchObject({ status: 'aborted' })
  expect(await waiting(house)).toEqual([])
  await house.hear('approval.resolved', ({ id }) => id === approval!.id)
  await expect(house.call('approvals.resolve', { id: approval!.id, verdict: 'allow' })).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(ran).toEqual([])
})

it('S21: any order of questions, answers, other words and restarts runs what was allowed, once, and nothing else', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    let state = seed
    const draw = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    const { ran, plugin } = shell()
    let house = await testKernel({ plugins: [plugin], script: obedient })
    const allowed: string[] = []
    const runs: string[] = []
    for (let step = 0; step < 12; step++) {
      const open = await waiting(house)
      const deed = draw(6)
      if (deed < 2) {
        runs.push(await send(house, `do c${step}`))
        await asked(house, open.length + 1)
      } else if (deed < 4 && open.length > 0) {
        const { id, subject } = open[draw(open.length)]!
        const verdict = draw(3) > 0 ? 'allow' : 'deny'
        if (verdict === 'allow') allowed.push(subject)
        await Promise.allSettled([1, 2].map(() => house.call('approvals.resolve', { id, verdict })))
      } else if (deed === 4) house = await house.restart()
      else await answer(house, await send(house, `yes ${step}`))
    }
    for (const { id } of await waiting(house)) await house.call('approvals.resolve', { id, verdict: 'deny' })
    for (const run of runs) expect((await house.call('agent.wait', { run, timeoutMs: 60_000 })).status).toBe('answered')
    expect(ran.toSorted(), `seed ${seed}`).toEqual(allowed.toSorted())
    await house[Symbol.asyncDispose]()
  }
})
