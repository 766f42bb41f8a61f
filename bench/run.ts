import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayClient } from '@openclaw/client'
import { openModel } from './baseline/model.ts'
import { installInstant } from './lib/instant.ts'
import { startJoined } from './lib/joined.ts'
import { median, report, type Figure } from './lib/report.ts'

// P5: what a run adds to its model, and how many runs a second there are: behind HTTP, and with a model that takes no
// time at 8 KB and at 400 KB of context.

const sessions = 20
const underWay = 20
let key = 0

const sessionOf = (at: number) => `agent:main:local:default:owner:thread:${at}`

async function run(client: GatewayClient, session: string, message = 'hello'): Promise<void> {
  const { run: id } = await client.call('chat.send', { session, message, idempotencyKey: `bench-${key++}` })
  const outcome = await client.call('agent.wait', { run: id, timeoutMs: 60_000 }, { timeoutMs: 90_000 })
  if (outcome.status !== 'answered' || outcome.text !== 'hello')
    throw new Error(`the run was not answered: ${JSON.stringify(outcome)}`)
}

/** Things done a second by so many at once, for so long. */
async function perSecond(one: (worker: number) => Promise<void>, ms: number): Promise<number> {
  const begin = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: underWay }, async (_, worker) => {
      while (performance.now() - begin < ms) {
        await one(worker)
        done++
      }
    }),
  )
  return done / ((performance.now() - begin) / 1000)
}

async function times(one: () => Promise<number>, count: number): Promise<number> {
  const all: number[] = []
  for (let at = 0; at < count; at++) all.push(await one())
  return median(all.slice(Math.floor(count / 5)))
}

/** One streamed answer, without us: time to the first text and to the end. */
async function bare(url: string): Promise<{ first: number; whole: number }> {
  const began = performance.now()
  const body = JSON.stringify({ model: 'instant', stream: true, messages: [{ role: 'user', content: 'hello' }] })
  const answer = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  let first = 0
  for await (const _chunk of answer.body!) first ||= performance.now() - began
  return { first, whole: performance.now() - began }
}

async function open(folder: string, name: string, config: object) {
  const home = join(folder, name)
  await mkdir(home, { recursive: true })
  const limits = { perDay: { tokens: 1e12, costUsd: 1e9 } }
  await writeFile(join(home, 'openclaw.json'), JSON.stringify({ ...config, limits }))
  if (name === 'scripted') await installInstant(home)
  return await startJoined(home)
}

async function behindHttp(folder: string): Promise<Record<string, Figure>> {
  using model = await openModel()
  const openai = { config: { baseUrl: model.url, models: [{ id: 'instant' }] } }
  await using house = await open(folder, 'http', { agents: { main: { model: 'openai/instant' } }, plugins: { openai } })
  const { client } = house
  let turn = 0
  for (let at = 0; at < 50; at++) await run(client, sessionOf(turn++ % sessions))
  for (let at = 0; at < 50; at++) await bare(model.url)

  const whole = await times(async () => {
    const began = performance.now()
    await run(client, sessionOf(turn++ % sessions))
    return performance.now() - began
  }, 300)
  const bareWhole = await times(async () => (await bare(model.url)).whole, 300)
  const first = await times(async () => {
    const began = performance.now()
    const { promise, resolve } = Promise.withResolvers<number>()
    using _text = client.on('agent.text', () => resolve(performance.now() - began))
    await run(client, sessionOf(turn++ % sessions))
    return promise
  }, 200)
  const bareFirst = await times(async () => (await bare(model.url)).first, 200)
  await perSecond((worker) => run(client, sessionOf(worker % sessions)), 1500)
  const many = await perSecond((worker) => run(client, sessionOf(worker % sessions)), 5000)
  const bareMany = await perSecond(async () => void (await bare(model.url)), 3000)
  return {
    overheadP50: { value: whole - bareWhole, unit: 'ms', baseline: bareWhole },
    firstTextP50: { value: first, unit: 'ms', baseline: bareFirst },
    perSecond: { value: many, unit: 'runs/s', baseline: bareMany },
  }
}

async function scripted(folder: string): Promise<Record<string, Figure>> {
  await using house = await open(folder, 'scripted', {
    agents: { main: { model: 'instant/model' } },
    // In the agent itself, like a provider of ours: what a process of its own costs is not a run's.
    plugins: { instant: { isolation: 'none' } },
  })
  const { client } = house
  const measure = async (from: number, bytes: number) => {
    const all = Array.from({ length: sessions }, (_, at) => sessionOf(from + at))
    await Promise.all(all.map((session) => run(client, session, 'x'.repeat(bytes))))
    await perSecond((worker) => run(client, all[worker % sessions]!), 1500)
    return perSecond((worker) => run(client, all[worker % sessions]!), 5000)
  }
  const small = await measure(0, 8 * 1024)
  const large = await measure(1000, 400 * 1024)
  return {
    scriptedPerSecond: { value: small, unit: 'runs/s' },
    largeContextPerSecond: { value: large, unit: 'runs/s' },
  }
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  report('run', { ...(await behindHttp(folder)), ...(await scripted(folder)) })
} finally {
  await rm(folder, { recursive: true, force: true })
}
