import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerRecord, LineDraft } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { testPlatform } from '@openclaw/testing'
import { openLedger } from '../src/ledger/open.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import type { FileHandle, Files, Platform } from '../src/platform.ts'
import { openSessions } from '../src/sessions/store.ts'
import type { Sessions } from '../src/sessions/sessions.ts'

/** A folder that is gone with its scope. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A log that keeps what was said. */
export function keepingLog(): Log & { readonly said: string[] } {
  const said: string[] = []
  const keep = (text: string): void => void said.push(text)
  return { said, debug: keep, info: keep, warn: keep, error: keep }
}

/** What may go wrong at an append or a sync: throw, or let only so many bytes of the append through before. */
export type Fault = (
  operation: 'append' | 'sync' | 'replace',
  path: string,
) => { error: string; bytes?: number } | undefined

/** The disk of a platform, refusing what `fault` says. */
export function faultyFiles(files: Files, fault: Fault): Files {
  const refuse = (path: string, code: string): never => {
    throw Object.assign(new Error(`${code}: refused, ${path}`), { code })
  }
  return {
    ...files,
    async replace(path, content) {
      const wrong = fault('replace', path)
      if (wrong) refuse(path, wrong.error)
      return files.replace(path, content)
    },
    async open(path, mode) {
      const handle = await files.open(path, mode)
      const faulty: FileHandle = {
        ...handle,
        async append(bytes) {
          const wrong = fault('append', path)
          if (wrong?.bytes) await handle.append(bytes.subarray(0, wrong.bytes))
          if (wrong) refuse(path, wrong.error)
          return handle.append(bytes)
        },
        async sync() {
          const wrong = fault('sync', path)
          if (wrong) refuse(path, wrong.error)
          return handle.sync()
        },
      }
      return faulty
    },
  }
}

/** The storage of one home, as a kernel opens it. */
export interface Storage extends AsyncDisposable {
  readonly ledger: Ledger
  readonly sessions: Sessions
  readonly log: ReturnType<typeof keepingLog>
  readonly platform: Platform
}

/** Opens ledger and sessions of a home, and recovers. */
export async function openStorage(
  home: string,
  options: { platform?: Platform; cacheBytes?: number; windowBytes?: number } = {},
): Promise<Storage> {
  const { platform = testPlatform(home), cacheBytes = 1 << 24, windowBytes } = options
  const log = keepingLog()
  const ledger = await openLedger({ folder: join(home, 'ledger'), platform, log })
  const folder = join(home, 'sessions')
  const indexFile = join(folder, 'index.sqlite')
  const sessions = await openSessions({
    folder,
    platform,
    ledger,
    cacheBytes,
    indexFile,
    log,
    ...(windowBytes === undefined ? {} : { windowBytes }),
  })
  await sessions.recover(ledger.lines())
  return {
    ledger,
    sessions,
    log,
    platform,
    async [Symbol.asyncDispose]() {
      await sessions[Symbol.asyncDispose]()
      await ledger[Symbol.asyncDispose]()
    },
  }
}

/** A user's line. */
export function user(text: string): LineDraft<'user'> {
  return { kind: 'user', body: { text }, role: 'owner', trust: 'owner' }
}

/** A checkpoint that keeps lines from `keep` on, or nothing. */
export function checkpoint(keep?: string, settings = {}): LineDraft<'checkpoint'> {
  return {
    kind: 'checkpoint',
    body: {
      reason: keep === undefined ? 'reset' : 'compaction',
      ...(keep === undefined ? {} : { keep: { id: keep, offset: 0 } }),
      settings,
      notes: [],
      orders: [],
      totals: { lines: 0, usage: { input: 0, cached: 0, output: 0 } },
    },
  }
}

/** An acceptance of a message of account `telegram/default`. */
export function accept(id: string, more: Partial<LedgerRecord<'accept'>> = {}): LedgerRecord<'accept'> {
  return {
    type: 'accept',
    id,
    dedupe: `telegram/default/user/${id}`,
    session: 'agent:main:telegram:default:user',
    agent: 'main',
    line: `line-${id}`,
    role: 'owner',
    ...more,
  }
}

/** An owed message. */
export function outbound(id: string, more: Partial<LedgerRecord<'outbound'>> = {}): LedgerRecord<'outbound'> {
  const address = { channel: 'telegram', account: 'default', peer: { kind: 'direct' as const, id: 'user' } }
  return { type: 'outbound', id, address, text: `text of ${id}`, at: 1, ...more }
}

/** An answered run. */
export function settle(run: string, ...accepts: string[]): LedgerRecord<'settle'> {
  return { type: 'settle', run, accepts, outcome: 'answered' }
}
