import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger, openSessions, realPlatform, type Ledger, type Session, type Sessions } from '@openclaw/kernel'
import type { LineDraft } from '@openclaw/protocol'
import { pageBare, readBare } from './baseline/sessions.ts'
import { median, report } from './lib/report.ts'

// P6: loading a session, from the disk and from memory, and the first page of a long list.

const liveBytes = 800_000
const sessionCount = Number(process.env.BENCH_SESSIONS ?? 100_000)
const log = { debug() {}, info() {}, warn: console.warn, error: console.error }
const platform = realPlatform()

/** A turn of a conversation with a tool: what somebody asked, and a longer answer. */
function turn(at: number): LineDraft[] {
  const answer = `The answer to question ${at} has some words, "quotes" and line breaks.\n`.repeat(12)
  return [
    { kind: 'user', role: 'owner', trust: 'owner', body: { text: `Question ${at}: what is in the file?` } },
    {
      kind: 'assistant',
      body: { run: `r${at}`, model: 'a/b', content: [{ type: 'text', text: answer }], stop: 'end' },
    },
  ]
}

function checkpoint(): LineDraft {
  const totals = { lines: 0, usage: { input: 0, cached: 0, output: 0 } }
  return {
    kind: 'checkpoint',
    body: { reason: 'compaction', summary: 'So far.', settings: {}, notes: [], orders: [], totals },
  }
}

async function openHome(home: string): Promise<{ ledger: Ledger; sessions: Sessions } & AsyncDisposable> {
  const ledger = await openLedger({ folder: join(home, 'ledger'), platform, log })
  const folder = join(home, 'sessions')
  const indexFile = join(folder, 'index.sqlite')
  const sessions = await openSessions({ folder, platform, ledger, cacheBytes: 64 << 20, indexFile, log })
  return {
    ledger,
    sessions,
    async [Symbol.asyncDispose]() {
      await sessions[Symbol.asyncDispose]()
      await ledger[Symbol.asyncDispose]()
    },
  }
}

/** A session with `behind` lines before its checkpoint and 800 KB after it. */
async function writeSession(sessions: Sessions, session: string, behind: number): Promise<void> {
  for (let at = 0; at < behind; at += 1_000) {
    const drafts = Array.from({ length: Math.min(1_000, behind - at) / 2 }, (_, one) => turn(at + one)).flat()
    await sessions.commit({ session, agent: 'main', drafts })
  }
  await sessions.commit({ session, agent: 'main', drafts: [checkpoint()] })
  for (let at = 0, bytes = 0; bytes < liveBytes; at += 1) {
    await sessions.commit({ session, agent: 'main', drafts: turn(at) })
    bytes = size((await sessions.open(session)).texts(0))
  }
}

function size(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
}

/** Time of a load by a store that has nothing in memory, with every line parsed. */
async function timeCold(home: string, key: string): Promise<number> {
  await using opened = await openHome(join(home, 'fresh'))
  const folder = join(home, 'sessions')
  await using sessions = await openSessions({
    folder,
    platform,
    ledger: opened.ledger,
    cacheBytes: 64 << 20,
    indexFile: join(folder, 'index.sqlite'),
    log,
  })
  const start = performance.now()
  const session: Session = await sessions.open(key)
  session.lines(0)
  return performance.now() - start
}

async function repeat(times: number, once: () => Promise<number>): Promise<number> {
  for (let warm = 0; warm < 5; warm++) await once()
  const values: number[] = []
  for (let at = 0; at < times; at++) values.push(await once())
  return median(values)
}

const home = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  const short = 'agent:main:web:default:short'
  const long = 'agent:main:web:default:long'
  const bare = join(home, 'bare.jsonl')
  let warmP50 = 0
  {
    await using opened = await openHome(home)
    const { sessions } = opened
    await writeSession(sessions, short, 100)
    await writeSession(sessions, long, 100_000)
    await writeFile(bare, `${(await sessions.open(short)).texts(0).join('\n')}\n`)
    warmP50 = await repeat(2_000, async () => {
      const start = performance.now()
      await sessions.open(short)
      return performance.now() - start
    })
  }
  const bareP50 = await repeat(60, async () => {
    const start = performance.now()
    await readBare(bare)
    return performance.now() - start
  })
  const coldP50 = await repeat(60, () => timeCold(home, short))
  const coldLongP50 = await repeat(60, () => timeCold(home, long))

  await using many = await openHome(join(home, 'many'))
  const [user] = turn(0)
  for (let at = 0; at < sessionCount; at += 1_000) {
    const keys = Array.from(
      { length: Math.min(1_000, sessionCount - at) },
      (_, one) => `agent:main:web:default:peer${at + one}`,
    )
    await Promise.all(keys.map((session) => many.sessions.commit({ session, agent: 'main', drafts: [user!] })))
  }
  const page = { limit: 50, offset: 0 }
  for (;;) {
    const { total } = await many.sessions.list(page)
    if (total >= sessionCount) break
  }
  const { sessions: rows } = await many.sessions.list(page)
  const readPage = pageBare(rows, sessionCount)
  const pageBareP50 = await repeat(100, async () => {
    const start = performance.now()
    readPage()
    return performance.now() - start
  })
  const listPage = await repeat(100, async () => {
    const start = performance.now()
    await many.sessions.list(page)
    return performance.now() - start
  })
  report('sessions', {
    coldP50: { value: coldP50, unit: 'ms', baseline: bareP50 },
    coldLongP50: { value: coldLongP50, unit: 'ms', baseline: bareP50 },
    warmP50: { value: warmP50, unit: 'ms' },
    listPage: { value: listPage, unit: 'ms', baseline: pageBareP50 },
  })
} finally {
  await rm(home, { recursive: true, force: true })
}
