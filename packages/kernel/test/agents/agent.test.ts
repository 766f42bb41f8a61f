import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createAgent } from '@openclaw/agent'
import { say, scriptedProvider } from '../../../testing/src/scripted.ts'
import { expect, test } from 'vitest'
import { realPlatform } from '../../src/platform/real.ts'
import { isAlive, startHost, until } from './host.ts'

const linux = process.platform === 'linux'

test('A39 A66: an agent process answers, and what its libraries print breaks no frame', async () => {
  await using agent = await startHost()
  expect(await agent.ask('hello')).toMatchObject({ outcome: 'answered', text: 'you said: hello' })
  expect(await agent.ask('print x1')).toMatchObject({ outcome: 'answered', text: 'done 1' })
  expect(agent.host.state).toMatchObject({ state: 'ready', restarts: 0, pid: expect.any(Number) })
  await until(() => agent.logged.some((text) => text.includes('a library says hello')))
})

test('S14: the agent process sees no key of the gateway', async () => {
  const real = realPlatform()
  await using agent = await startHost({
    platform: {
      ...real,
      env: { ...real.env, OPENAI_API_KEY: 'canary', NODE_OPTIONS: '--no-deprecation', AWS_SECRET_ACCESS_KEY: 'canary' },
    },
  })
  await agent.ask('env x1')
  const seen = JSON.stringify(agent.journal.findLast(({ kind }) => kind === 'tool')?.body)
  expect(seen).toContain('PATH')
  expect(seen).not.toMatch(/OPENAI|NODE_OPTIONS|AWS/)
})

test(
  'R1: killed again and again at random moments, a run goes on from its last committed step',
  { timeout: 60_000 },
  async () => {
    await using agent = await startHost()
    const file = join(agent.folder, 'steps')
    const steps = 40
    const answer = agent.ask(`step x${steps} ${JSON.stringify({ file })}`)
    let kills = 0
    let over = false
    void answer.finally(() => (over = true))
    while (!over && kills < 4) {
      await agent.ready()
      const before = agent.journal.length
      await until(() => over || agent.journal.length > before + Math.floor(Math.random() * 12), 20_000)
      const { pid } = agent.host.state
      if (over || pid === undefined) continue
      process.kill(pid, 'SIGKILL')
      kills++
      await until(() => over || agent.lost.length >= kills)
    }
    expect(await answer).toMatchObject({ outcome: 'answered', text: expect.stringMatching(/^done \d+$/) })
    expect(kills).toBeGreaterThan(0)
    const done = (await readFile(file, 'utf8')).trim().split('\n').map(Number)
    // A step may have happened unseen, then the model is told so; none is made twice by the runtime itself.
    expect(new Set(done).size).toBe(done.length)
    expect(agent.journal.filter(({ kind }) => kind === 'run')).toHaveLength(1)
  },
)

test(
  'L3: an agent whose event loop is blocked is killed after three missed pings and started again',
  { timeout: 30_000 },
  async () => {
    await using agent = await startHost()
    await agent.ready()
    const began = performance.now()
    const blocked = agent.ask('block x1')
    await until(() => agent.lost.length === 1, 10_000)
    expect(performance.now() - began).toBeLessThan(6000)
    expect(agent.lost[0]).toContain('did not answer')
    expect(await blocked).toMatchObject({ outcome: 'answered', text: 'done 1' })
    expect(agent.ups()).toBe(2)
  },
)

test('an agent that imports a library for longer than that is left to it', { timeout: 60_000 }, async () => {
  await using agent = await startHost()
  await agent.ready()
  const slow = join(agent.folder, 'slow.mjs')
  const provider = `{ id: 'slow', config: { type: 'object' }, connect: () => ({ models: async () => [] }) }`
  await writeFile(
    slow,
    `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000)\nexport default ${provider}`,
  )
  const plan = { config: {}, methods: [], state: join(agent.folder, 'state') }
  const entries = [{ ...plan, plugin: 'slow', hook: 'provider' as const, module: pathToFileURL(slow).href }]
  expect(await agent.host.call('load', { entries })).toMatchObject({ providers: ['slow'] })
  expect(agent.lost).toEqual([])
})

test(
  'an agent that dies five times within a minute is parked and reported, and a restart brings it back',
  { timeout: 60_000 },
  async () => {
    await using agent = await startHost()
    await expect(agent.ask('exit x9')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await agent.down).toMatch(/died 5 times.*exited with code 3/)
    expect(agent.host.state).toMatchObject({ state: 'parked', reason: 'it exited with code 3' })
    agent.host.restart('the test says so')
    await until(() => agent.host.state.state === 'ready', 10_000)
  },
)

test('a program that cannot be started parks the agent with its reason', { timeout: 20_000 }, async () => {
  await using agent = await startHost({ runs: { program: [process.execPath, '/nowhere/agent.js'] } })
  expect(await agent.down).toContain('exited with code 1')
})

test.runIf(linux)(
  'L6: children of an agent that was killed are gone, also those that left its session',
  { timeout: 30_000 },
  async () => {
    await using agent = await startHost()
    await agent.ask(
      `shell x1 ${JSON.stringify({ background: true, command: 'sleep 300 & setsid sleep 301 & (setsid setsid sleep 302 &) ; echo $$ > pid; exec sleep 303' })}`,
    )
    const running = async () => (await sleeps()).filter((command) => /sleep 30[0-3]/.test(command)).length
    await until(async () => (await running()) === 4)
    process.kill(agent.host.state.pid!, 'SIGKILL')
    await until(async () => (await running()) === 0)
  },
)

test.runIf(linux)('L6: nothing survives the kill -9 of the gateway', { timeout: 30_000 }, async () => {
  const gateway = spawn(process.execPath, [fileURLToPath(new URL('./gateway.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { agent, child } = await new Promise<{ agent: number; child: number }>((resolve) =>
    gateway.stdout.once('data', (text: Buffer) => resolve(JSON.parse(text.toString()) as never)),
  )
  expect(await isAlive(agent)).toBe(true)
  expect(await isAlive(child)).toBe(true)
  gateway.kill('SIGKILL')
  await until(async () => !(await isAlive(agent)) && !(await isAlive(child)))
})

test('the same agent runs in process over a linked pair', async () => {
  const scripted = scriptedProvider([say('from inside')])
  const bundled = {
    'scripted/provider': scripted.load,
    'test/tool': async () => ({ default: { config: {}, setup() {} } }),
  }
  await using agent = await startHost({ runs: { inProcess: (transport) => createAgent({ transport, bundled }) } })
  expect(await agent.ask('hi')).toMatchObject({ outcome: 'answered', text: 'from inside' })
  expect(agent.host.state).toEqual({ state: 'in-process', restarts: 0 })
})

test('closing ends the process in order, and calls then fail', async () => {
  const agent = await startHost()
  await agent.ready()
  const { pid } = agent.host.state
  await agent[Symbol.asyncDispose]()
  expect(agent.host.state.state).toBe('stopped')
  if (linux) expect(await isAlive(pid!)).toBe(false)
  await expect(agent.host.call('ping', {})).rejects.toMatchObject({ code: 'unavailable' })
})

async function sleeps(): Promise<string[]> {
  const { readdir } = await import('node:fs/promises')
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')),
  )
}
