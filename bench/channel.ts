import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Counterpart } from '@openclaw/testing'
import { openModel } from './baseline/model.ts'
import { converse, type Conversation } from './lib/conversation.ts'
import { linkPlugin } from './lib/house.ts'
import { connectOwner, startJoined } from './lib/joined.ts'
import { shareOf } from './lib/load.ts'
import { platforms, type Crowd, type Platform } from './lib/platforms.ts'
import { median, report, type Figure } from './lib/report.ts'

// P11: a message through a whole channel (platform, channel, router, agent, a streaming model behind HTTP, delivery),
// beside a durable bot of forty lines on the same library, against the same platform and model in the same run.
// `pnpm bench channel telegram` measures one platform.

const size = 200
const exchanges = 200
const bursts = 5

/** What is measured of whoever answers. */
interface Measured {
  readonly p50: number
  readonly p99: number
  readonly perSecond: number
  readonly perSecondCrowd: number
  readonly burst: number
}

async function measure({ people }: Crowd, talk: Conversation): Promise<Measured> {
  const [first] = people
  for (let turn = 0; turn < 50; turn++) await talk.exchange(first, `warm ${turn}`)
  await talk.perSecond(people.slice(0, 20), 1500)
  const times: number[] = []
  for (let turn = 0; turn < exchanges; turn++) times.push(await talk.exchange(first, `turn ${turn}`))
  const perSecond = await talk.perSecond(people.slice(0, 20), 4000)
  const perSecondCrowd = await talk.perSecond(people, 4000)
  const all: number[] = []
  for (let count = 0; count < bursts; count++) all.push(await talk.burst(people.slice(0, 100), 'all at once'))
  return { p50: median(times), p99: shareOf(times, 0.99), perSecond, perSecondCrowd, burst: median(all) }
}

/** The product over a home of its own, connected to the counterpart. */
async function openProduct(
  folder: string,
  { name, plugin, settings }: Platform,
  counterpart: Counterpart,
  url: string,
) {
  const home = join(folder, `${name}-home`)
  await linkPlugin(home, plugin)
  const accounts = { default: { ...counterpart.account, ...settings } }
  await writeFile(
    join(home, 'openclaw.json'),
    JSON.stringify({
      agents: { main: { model: 'openai/instant' } },
      plugins: { openai: { config: { baseUrl: url, models: [{ id: 'instant' }] } } },
      channels: { [name]: { dm: { policy: 'open' }, accounts } },
      limits: { perDay: { tokens: 1e12, costUsd: 1e9 } },
    }),
  )
  return { home, ...(await startJoined(home, 1)) }
}

/** The bare bot of a platform as a process of its own. */
async function openBare(folder: string, { name }: Platform, counterpart: Counterpart, model: string) {
  const given = JSON.stringify({ account: counterpart.account, model, file: join(folder, `${name}.log`) })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'baseline', `${name}.ts`), given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    gone.then(() => {
      throw new Error(`the bare bot of ${name} ended`)
    }),
  ])
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function measurePlatform(folder: string, platform: Platform): Promise<Record<string, Figure>> {
  using model = await openModel()
  const bare = await (async () => {
    const crowd = await platform.start(size)
    await using counterpart = crowd.counterpart
    await using _bot = await openBare(folder, platform, counterpart, model.url)
    using talk = converse(counterpart)
    return await measure(crowd, talk)
  })()
  const crowd = await platform.start(size)
  await using counterpart = crowd.counterpart
  await using product = await openProduct(folder, platform, counterpart, model.url)
  using talk = converse(counterpart)
  // A page that looks on is told of everything; here nobody does.
  product.client.close()
  const whole = await measure(crowd, talk)

  model.delayMs = 1000
  const slow = await talk.perSecond(crowd.people.slice(0, 20), 6000)
  model.delayMs = 0
  await using client = await connectOwner(product.gateway, product.home)
  const out = 500
  const arrived = talk.seen(out)
  // What was said before counts for a platform's limit of this second.
  await sleep(1500)
  const began = performance.now()
  await Promise.all(
    Array.from({ length: out }, (_, n) =>
      client.call('send', {
        to: { channel: platform.name, account: 'default', peer: counterpart.direct(crowd.people[n % 20]!) },
        message: `note ${n}`,
        idempotencyKey: `note-${n}`,
      }),
    ),
  )
  await arrived
  const outPerSecond = out / ((performance.now() - began) / 1000)
  const figure = (key: keyof Measured, unit: string): Figure => ({ value: whole[key], unit, baseline: bare[key] })
  const figures = {
    P50: figure('p50', 'ms'),
    P99: figure('p99', 'ms'),
    PerSecond: figure('perSecond', 'answers/s'),
    PerSecondCrowd: figure('perSecondCrowd', 'answers/s'),
    SlowModelPerSecond: { value: slow, unit: 'answers/s' },
    BurstMs: figure('burst', 'ms'),
    OutPerSecond: { value: outPerSecond, unit: 'messages/s' },
  }
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${platform.name}${key}`, value]))
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  let figures: Record<string, Figure> = {}
  for (const platform of platforms) {
    if (wanted.length > 0 && !wanted.includes(platform.name)) continue
    figures = { ...figures, ...(await measurePlatform(folder, platform)) }
  }
  report('channel', figures)
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exit(0)
