import { failure } from '@openclaw/protocol'
import { join } from 'node:path'
import type { Platform } from '../platform.ts'

/** What stands in `gateway.json` while a gateway runs. After a crash the file stays; only the lock tells the truth. */
export interface Running {
  readonly pid: number
  /** Where it is reached, e.g. `http://127.0.0.1:18789`; absent while it starts. */
  readonly address?: string
  readonly startedAt: number
  readonly version: string
}

/** The home is ours until this is disposed, or the process ends in whatever way. */
export interface Lock extends AsyncDisposable {
  /** The gateway that had the home before did not end in order: its `gateway.json` was still there. */
  readonly afterDeath: boolean
  /** Says in `gateway.json` where this gateway is reached. */
  publish(address: string): Promise<void>
}

/**
 * Takes a home for one gateway: an exclusive transaction on `gateway.lock`, which the system ends with the process,
 * `kill -9` included. Throws `conflict` naming the process that has it.
 */
export async function lockHome(options: {
  readonly home: string
  readonly version: string
  readonly platform: Platform
}): Promise<Lock> {
  const { home, version, platform } = options
  const { DatabaseSync } = await import('node:sqlite')
  await platform.files.makeFolder(home)
  const startedAt = platform.clock.now()
  const file = join(home, 'gateway.lock')
  // SQLite would make it readable for all. One that is there is not opened: closing it would let go of its lock.
  if (!(await platform.files.stat(file))) await (await platform.files.open(file, 'append'))[Symbol.asyncDispose]()
  let database: InstanceType<typeof DatabaseSync> | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (thrown) {
    database?.close()
    // SQLITE_BUSY and SQLITE_LOCKED (https://www.sqlite.org/rescode.html); anything else is a disk that does not serve.
    const code = (thrown as { errcode?: number }).errcode
    if (code !== 5 && code !== 6)
      throw failure('unavailable', `${home}: gateway.lock cannot be opened: ${(thrown as Error).message}`, {
        cause: thrown,
      })
    throw failure('conflict', taken(home, await readRunning(home, platform)))
  }
  const held = database
  const write = (address?: string) =>
    platform.files.replace(
      join(home, 'gateway.json'),
      `${JSON.stringify({ pid: process.pid, ...(address ? { address } : {}), startedAt, version })}\n`,
    )
  let open = true
  const afterDeath = (await platform.files.stat(join(home, 'gateway.json')).catch(() => undefined)) !== undefined
  try {
    await write()
  } catch (thrown) {
    held.close()
    throw thrown
  }
  return {
    afterDeath,
    publish: write,
    async [Symbol.asyncDispose]() {
      if (!open) return
      open = false
      await platform.files.remove(join(home, 'gateway.json')).catch(() => {})
      held.close()
    },
  }
}

/** What `gateway.json` says; undefined without one. The process may be dead: `lockHome` knows. */
export async function readRunning(home: string, platform: Pick<Platform, 'files'>): Promise<Running | undefined> {
  const text = await platform.files.readText(join(home, 'gateway.json'))
  try {
    const value = JSON.parse(text ?? 'null') as Running | null
    return value && Number.isInteger(value.pid) ? value : undefined
  } catch {
    return undefined
  }
}

function taken(home: string, running: Running | undefined): string {
  const who = running ? `process ${running.pid}${running.address ? ` at ${running.address}` : ''}` : 'another process'
  return `${home}: a gateway runs here already (${who}); stop it, or choose another home with OPENCLAW_HOME`
}
