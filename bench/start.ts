import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger, openSessions, realPlatform } from '@openclaw/kernel'
import { median, report } from './lib/report.ts'
import { bundleBare, startBare, startGateway, type Started } from './lib/spawn.ts'

// P1: from the start of the process until /readyz answers 200, with an empty home and with a full one, beside a bare server.

const rounds = Number(process.env.BENCH_ROUNDS ?? 15)
const plugins = 30
const agents = 600
const sessionCount = 10_000
const log = { debug() {}, info() {}, warn: console.warn, error: console.error }

/** A plugin as npm leaves it: a manifest, and an entry with a vendor library of 500 kB behind it. */
async function installPlugin(folder: string, at: number): Promise<string> {
  const name = `openclaw-plugin-bench-${at}`
  const root = join(folder, 'node_modules', name)
  await mkdir(root, { recursive: true })
  const vendor = Array.from(
    { length: 5000 },
    (_, n) =>
      `export function vendor${n}(value) { return value === ${n} ? [value, 'vendor ${n}'] : { value, n: ${n} } }`,
  )
  await writeFile(join(root, 'vendor.js'), vendor.join('\n'))
  await writeFile(join(root, 'config.js'), 'export const config = { type: "object" }\n')
  await writeFile(
    join(root, 'gateway.js'),
    `import { vendor0 } from './vendor.js'\nexport default { id: 'bench-${at}', config: { type: 'object' }, setup: () => ({ fetch: () => Response.json(vendor0(1)) }) }\n`,
  )
  const manifest = {
    id: `bench-${at}`,
    label: `Bench ${at}`,
    api: 1,
    hooks: { gateway: './gateway' },
    config: './config',
  }
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({
      name,
      version: '1.0.0',
      type: 'module',
      exports: { './gateway': './gateway.js', './config': './config.js' },
      openclaw: manifest,
    }),
  )
  return name
}

async function fill(home: string): Promise<void> {
  const folder = join(home, 'plugins')
  const names = await Promise.all(Array.from({ length: plugins }, (_, at) => installPlugin(folder, at)))
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) }),
  )
  const agent = (at: number) => [`agent-${at}`, { name: `Agent ${at}`, thinking: 'low' }]
  const bindings = Array.from({ length: agents }, (_, at) => ({
    agent: `agent-${at}`,
    match: { channel: 'pigeon', peer: { id: `peer-${at}` } },
  }))
  await writeFile(
    join(home, 'openclaw.json'),
    JSON.stringify(
      { agents: Object.fromEntries(Array.from({ length: agents }, (_, at) => agent(at))), bindings },
      null,
      2,
    ),
  )

  const platform = realPlatform()
  await using ledger = await openLedger({ folder: join(home, 'ledger'), platform, log })
  const sessions = join(home, 'sessions')
  await using store = await openSessions({
    folder: sessions,
    platform,
    ledger,
    cacheBytes: 32 << 20,
    indexFile: join(sessions, 'index.sqlite'),
    log,
  })
  for (let at = 0; at < sessionCount; at += 500) {
    const keys = Array.from(
      { length: 500 },
      (_, one) => `agent:agent-${(at + one) % agents}:pigeon:default:peer-${at + one}`,
    )
    await Promise.all(
      keys.map((session) =>
        store.commit({
          session,
          agent: session.split(':')[1]!,
          drafts: [{ kind: 'user', role: 'owner', trust: 'owner', body: { text: 'Hello there, how are you?' } }],
        }),
      ),
    )
  }
  await store.flush()
}

async function time(start: () => Promise<Started>): Promise<number> {
  await using started = await start()
  return started.readyMs
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  const bare = await bundleBare('server', folder)
  const [empty, full] = [join(folder, 'empty'), join(folder, 'full')]
  await fill(full)
  // The first start of a home makes its token and its schema; every later one finds them.
  await time(() => startGateway(empty))
  await time(() => startGateway(full))
  const times: { bare: number[]; empty: number[]; full: number[] } = { bare: [], empty: [], full: [] }
  for (let round = 0; round < rounds; round++) {
    times.bare.push(await time(() => startBare(bare)))
    times.empty.push(await time(() => startGateway(empty)))
    times.full.push(await time(() => startGateway(full)))
  }
  report('start', {
    ready: { value: median(times.empty), unit: 'ms', baseline: median(times.bare) },
    loaded: { value: median(times.full), unit: 'ms', baseline: median(times.empty) },
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
