import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { connectGateway, type GatewayClient } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import { readMark, readToken, type GatewayMark } from './home.ts'
import { version } from './program.ts'

/** A connected client of the gateway of a home. */
export type Gateway = GatewayClient

const startingMs = 5000
const lookMs = 50

/**
 * Connects to the gateway that runs for a home, as the owner of this machine; undefined when none runs. Waits a little
 * for one that is just starting. Throws `unauthorized` when it does not take our token.
 */
export async function attach(
  home: string,
  options: { readonly reconnect?: boolean } = {},
): Promise<Gateway | undefined> {
  const address = await findAddress(home)
  if (address === undefined) return undefined
  const token = await readToken(home)
  return await connectGateway({
    url: address,
    ...(token === undefined ? {} : { auth: { token } }),
    client: { name: 'openclaw', version, platform: process.platform },
    reconnect: options.reconnect ?? false,
  })
}

async function findAddress(home: string): Promise<string | undefined> {
  const untilMs = Date.now() + startingMs
  for (;;) {
    const mark = await readMark(home)
    // What is left of a gateway that crashed may name a port that is somebody else's by now: our token must not go there.
    if (!mark || !(await isHeld(home, mark))) return undefined
    if (mark.address !== undefined) return mark.address
    if (Date.now() > untilMs)
      throw failure(
        'unavailable',
        `A gateway (process ${mark.pid}) holds ${home} and does not get ready; see what it prints, or end it.`,
      )
    await sleep(lookMs)
  }
}

/** Does a living process hold the lock of this home? The system gives it back with the process. */
export async function isHeld(home: string, { pid }: Pick<GatewayMark, 'pid'>): Promise<boolean> {
  const file = join(home, 'gateway.lock')
  if (!isAlive(pid) || !existsSync(file)) return false
  if (pid === process.pid) return true
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 })
  try {
    database.prepare('select count(*) from sqlite_master').get()
    return false
  } catch (error) {
    // SQLITE_BUSY and SQLITE_LOCKED (https://www.sqlite.org/rescode.html).
    const code = (error as { errcode?: number }).errcode
    return code === 5 || code === 6
  } finally {
    database.close()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
