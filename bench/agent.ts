import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayClient } from '@openclaw/client'
import { linkPlugins } from './lib/house.ts'
import { startJoined } from './lib/joined.ts'
import { median, report, type Figure } from './lib/report.ts'
import { openWorker, type Worker } from './lib/worker.ts'

// The agent: what a run and a tool call add to their model, how large the first prompt is and how much of each request
// was in the one before, how long a summary of a long session takes, and fifty sub-agents at once.

const bench = join(import.meta.dirname, 'plugin')
const sessions = join(import.meta.dirname, '../plugins/tool-sessions')
/** As many as show a gateway that has been in use for some minutes: the first fifth does not count. */
const rounds = 400
const callsOfRun = 10
const children = 50
/** A token of English and JSON is between three and four letters; three is the careful guess. */
const lettersOfToken = 3
let count = 0

/** A session that nobody has used yet. */
const fresh = () => `agent:main:local:default:owner:thread:${count++}`

async function run(client: GatewayClient, session: string, message: string): Promise<void> {
  const { run: id } = await client.call('chat.send', { session, message, idempotencyKey: `bench-${count++}` })
  const outcome = await client.call('agent.wait', { run: id, timeoutMs: 60_000 }, { timeoutMs: 90_000 })
  if (outcome.status !== 'answered') throw new Error(`"${message}" was not answered: ${JSON.stringify(outcome)}`)
}

/** The middle of how long something takes, without its first times. */
async function timed(one: () => Promise<unknown>, times = rounds): Promise<number> {
  const all: number[] = []
  for (let at = 0; at < times; at++) {
    const began = performance.now()
    await one()
    all.push(performance.now() - began)
  }
  return median(all.slice(Math.floor(times / 5)))
}

/** The same question to the model, without us. */
const bare = (url: string, body: string) =>
  timed(async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body })
    await answer.arrayBuffer()
  })

async function open(folder: string, name: string, { url }: Worker, plugins: readonly string[]) {
  const home = join(folder, name)
  await mkdir(home, { recursive: true })
  await linkPlugins(home, plugins)
  await writeFile(
    join(home, 'openclaw.json'),
    JSON.stringify({
      agents: { main: { model: 'openai/worker', subagents: { children, concurrent: children } } },
      plugins: {
        openai: { config: { baseUrl: url, models: [{ id: 'worker', contextTokens: 1_000_000 }] } },
        // In the gateway itself, like a plugin of ours.
        bench: { isolation: 'none' },
      },
      limits: { perDay: { tokens: 1e12, costUsd: 1e9 } },
    }),
  )
  return await startJoined(home)
}

/** What vendors read first, and what their caches go by. */
function promptOf(body: string): string {
  const { tools, messages } = JSON.parse(body) as { readonly tools: unknown; readonly messages: unknown }
  return JSON.stringify({ tools, messages })
}

/** How much of an older request stands at the beginning of the next one; the least of all neighbours. */
function leastShared(bodies: readonly string[]): number {
  const prompts = bodies.map(promptOf)
  return Math.min(
    ...prompts.slice(1).map((newer, at) => {
      const older = prompts[at]!
      let shared = 0
      while (shared < older.length && older[shared] === newer[shared]) shared++
      return shared / older.length
    }),
  )
}

async function runsAndCalls(client: GatewayClient, worker: Worker): Promise<Record<string, Figure>> {
  const lanes = Array.from({ length: 20 }, fresh)
  for (const session of lanes) await run(client, session, 'hello')
  worker.asked.length = 0
  const whole = await timed(() => run(client, lanes[count % lanes.length]!, 'hello'))
  const alone = await bare(worker.url, worker.asked.at(-1)!)

  const plain = await timed(() => run(client, fresh(), 'hello'))
  worker.asked.length = 0
  const calling = await timed(() => run(client, fresh(), `call ${callsOfRun}`))
  const step = await bare(worker.url, worker.asked.at(-callsOfRun / 2)!)
  return {
    runP50: { value: whole - alone, unit: 'ms', baseline: alone },
    toolP50: { value: (calling - plain) / callsOfRun - step, unit: 'ms', baseline: step },
  }
}

/** A home as it comes, with its own tools. */
async function prompts(folder: string, worker: Worker): Promise<Record<string, Figure>> {
  await using house = await open(folder, 'default', worker, [])
  const { client } = house
  worker.asked.length = 0
  await run(client, fresh(), 'hello')
  const tokens = Math.ceil(promptOf(worker.asked[0]!).length / lettersOfToken)
  const session = fresh()
  worker.asked.length = 0
  for (let turn = 0; turn < 20; turn++) await run(client, session, `question ${turn}`)
  return {
    promptTokens: { value: tokens, unit: 'tokens' },
    prefixShare: { value: leastShared(worker.asked), unit: 'of the older request' },
  }
}

/** A session of 400 KB is summarised because somebody asks for it. */
async function compaction(client: GatewayClient, worker: Worker): Promise<Figure> {
  const times: number[] = []
  let body = ''
  for (let round = 0; round < 5; round++) {
    const session = fresh()
    for (let turn = 0; turn < 20; turn++) await run(client, session, 'say 20000')
    worker.asked.length = 0
    const began = performance.now()
    const { compacted } = await client.call('sessions.compact', { session })
    times.push(performance.now() - began)
    if (!compacted) throw new Error('the session was not summarised')
    body = worker.asked.at(-1)!
  }
  const alone = await bare(worker.url, body)
  return { value: median(times) - alone, unit: 'ms', baseline: alone }
}

/** From the message to the last result in the parent's answer. */
async function subagents(client: GatewayClient, worker: Worker): Promise<Figure> {
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const reported = worker.reported(children)
    const began = performance.now()
    await run(client, fresh(), `spawn ${children}`)
    await reported
    times.push(performance.now() - began)
  }
  return { value: median(times), unit: 'ms' }
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  using worker = await openWorker()
  const shown = await prompts(folder, worker)
  await using house = await open(folder, 'tools', worker, [bench, sessions])
  const { client } = house
  report('agent', {
    ...(await runsAndCalls(client, worker)),
    ...shown,
    compactionMs: await compaction(client, worker),
    subagentsMs: await subagents(client, worker),
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
