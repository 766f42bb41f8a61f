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
 * Takes a home for one gateway by a lock on `gateway.lock`, which ends with the process, `kill -9` included. Throws
 * `conflict` naming the process that has it.
 */
export async function lockHome(options: {
  readonly home: string
  readonly version: string
  readonly platform: Platform
}): Promise<Lock> {
  const { home, version, platform } = options
  await platform.files.makeFolder(home)
  const startedAt = platform.clock.now()
  const held = await platform.files.lock(join(home, 'gateway.lock'))
  if (!held) throw failure('conflict', taken(home, await readRunning(home, platform)))
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
    held[Symbol.dispose]()
    throw thrown
  }
  return {
    afterDeath,
    publish: write,
    async [Symbol.asyncDispose]() {
      if (!open) return
      open = false
      await platform.files.remove(join(home, 'gateway.json')).catch(() => {})
      held[Symbol.dispose]()
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
