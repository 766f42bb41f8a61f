import { isAbsolute, join } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { openLedger } from '../ledger/open.ts'
import type { Platform } from '../platform.ts'
import { recoverRuns } from '../runs/recover.ts'
import { acceptHandover } from '../runs/handover.ts'
import { settleUnanswered } from '../runs/settle.ts'
import { openSessions } from '../sessions/store.ts'
import { readHome, writeHome } from './home.ts'
import { collect, openBackup, sealedName } from './manifest.ts'
import { unseal } from './seal.ts'
import { readTar, type TarEntry } from './tar.ts'

/** What came of a restore. */
export interface RestoreReport {
  readonly home: string
  /** The new id of the home. */
  readonly id: string
  readonly backupAt: number
  readonly files: number
  readonly sessions: number
  /** Every line of every journal is whole. */
  readonly whole: boolean
  /** The credentials are there again; else accounts are to be set up anew. */
  readonly credentials: boolean
  /** Deliveries that were owed when the backup was made, and wait for the owner. */
  readonly held: number
  /** Runs that were not answered then, and wait for the owner. */
  readonly parked: number
}

/**
 * Makes an empty home what a backup says. It resolves when everything is on the disk and verified: the home has an id
 * of its own, everything owed at backup time is held for the owner, and its channels wait until `finish`. A restore
 * that did not end can be run again.
 *
 * @throws `conflict` when the home is not empty, `unauthorized` when the passphrase is wrong or missing, and
 * `invalid_params` when the file is no backup; the home is as it was then.
 */
export async function restoreBackup(wish: {
  readonly file: string
  readonly home: string
  /** Opens the credentials. Undefined leaves them out. */
  readonly passphrase: string | undefined
  readonly platform: Platform
  readonly log: Log
}): Promise<RestoreReport> {
  const { file, home, passphrase, platform, log } = wish
  const { files, clock, random } = platform
  await wantEmpty(home, platform)
  await using backup = await openBackup(file, platform)
  const { manifest } = backup
  const sealed = manifest.credentials ? await backup.entries.next() : undefined
  // A wrong passphrase is told before anything is written.
  const credentials =
    sealed && !sealed.done && passphrase !== undefined ? await openSealed(sealed.value, passphrase) : undefined

  await files.makeFolder(home)
  using _lock = await takeHome(home, platform)
  const id = random.id()
  const since = clock.now()
  await writeHome(home, { id, since, copying: true }, platform)
  for (const name of await files.list(home)) {
    if (name !== 'gateway.lock' && name !== 'state') await files.remove(join(home, name))
  }
  for (const name of await files.list(join(home, 'state')))
    if (name !== 'home.json') await files.remove(join(home, 'state', name))
  let count = await copyEntries(home, backup.entries, platform)
  if (credentials) count += await copyEntries(home, readTar(once(credentials)), platform)

  const found = await settleOwed(home, platform, log)
  const restored = { from: manifest.home, backupAt: manifest.at, waits: true }
  await writeHome(home, { id, since, restored }, platform)
  return { home, id, backupAt: manifest.at, files: count, credentials: credentials !== undefined, ...found }
}

/** Empty, missing, or left by a restore that did not end. */
async function wantEmpty(home: string, platform: Platform): Promise<void> {
  const names = await platform.files.list(home)
  if (names.length === 0) return
  const record = await readHome(home, platform)
  if (record !== undefined && record !== 'damaged' && record.copying) return
  throw failure(
    'conflict',
    `${home} is not empty, and a backup goes into an empty home only; move it away, or choose another one with --home`,
  )
}

async function takeHome(home: string, { files }: Platform): Promise<Disposable> {
  const lock = await files.lock(join(home, 'gateway.lock'))
  if (!lock) throw failure('conflict', `${home}: another process uses it; end that one first`)
  return lock
}

async function openSealed({ name, content }: TarEntry, passphrase: string): Promise<Uint8Array> {
  if (name !== sealedName) throw failure('invalid_params', `the backup has no credentials where they should stand`)
  return unseal(await collect(content), passphrase)
}

/** Writes entries below a home, whatever their names try; resolves with how many files there were. */
async function copyEntries(home: string, entries: AsyncIterable<TarEntry>, { files }: Platform): Promise<number> {
  let count = 0
  for await (const { name, kind, executable, content } of entries) {
    const parts = name.replace(/\/$/, '').split('/')
    const strange = isAbsolute(name) || parts.some((part) => part === '' || part === '.' || part === '..')
    if (strange || /[\\:\0]/.test(parts[0]!)) {
      throw failure(
        'invalid_params',
        `the backup names a file outside of the home: ${JSON.stringify(name)}; do not trust it`,
      )
    }
    const path = join(home, ...parts)
    if (kind === 'folder') await files.makeFolder(path)
    else {
      await files.replace(path, asAsync(content), { executable })
      count++
    }
  }
  return count
}

async function* asAsync(content: TarEntry['content']): AsyncGenerator<Uint8Array> {
  yield* content
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/**
 * Brings the journals up to the ledger, checks them, and leaves nothing that would be sent by itself: the old gateway
 * went on with all of it.
 */
async function settleOwed(home: string, platform: Platform, log: Log) {
  await using ledger = await openLedger({ folder: join(home, 'ledger'), platform, log })
  const folder = join(home, 'sessions')
  const indexFile = join(folder, 'index.sqlite')
  await using sessions = await openSessions({ folder, indexFile, platform, ledger, cacheBytes: 1 << 22, log })
  await sessions.recover(ledger.lines())
  await sessions.flush()
  const { resumed, waiting } = await recoverRuns({ ledger, sessions, afterDeath: false })
  const bySession = Map.groupBy(waiting, ({ session }) => session)
  const runs = [...resumed, ...[...bySession.values()].map((accepts) => ({ run: platform.random.id(), accepts }))]
  const reason = 'it was not answered when the backup was made'
  for (const { run, accepts } of runs) {
    await settleUnanswered(
      { platform, sessions },
      { run, accepts, outcome: 'interrupted', reason, silent: true, park: true },
    )
  }
  // A result stands where it belongs, and nobody works on it by itself.
  for (const handover of ledger.owed.handovers.values()) {
    await acceptHandover({ platform, sessions }, handover, ({ id }) => [
      { type: 'settle', run: handover.run, accepts: [id], outcome: 'interrupted' },
    ])
  }
  const owed = [...ledger.owed.outbounds.values()].filter(({ withheld }) => withheld === undefined)
  if (owed.length > 0) {
    const why = 'it was owed when the backup was made'
    await ledger.commit(owed.map(({ outbound }) => ({ type: 'withheld', outbound: outbound.id, reason: why })))
  }
  await sessions.flush()
  const { whole, journals } = await sessions.verify()
  return { whole, sessions: journals.length, held: ledger.owed.outbounds.size, parked: ledger.owed.parked.size }
}
