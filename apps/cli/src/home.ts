import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where everything stands when nobody says otherwise. */
export const usualHome = join(homedir(), '.openclaw')

/** The home of this call: `--home`, else `OPENCLAW_HOME`, else the usual one. */
export function findHome(option: string | undefined, env = process.env): string {
  return resolve(option || env['OPENCLAW_HOME'] || usualHome)
}

/** What the gateway of a home says of itself in `gateway.json`. It may have ended since. */
export interface GatewayMark {
  readonly pid: number
  /** `http://127.0.0.1:18789`; absent while it starts. */
  readonly address?: string
}

/** Reads the mark of a home's gateway; undefined when there is none, or none that can be read. */
export async function readMark(home: string): Promise<GatewayMark | undefined> {
  const text = await readFile(join(home, 'gateway.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const mark = JSON.parse(text) as Partial<GatewayMark> | null
    if (typeof mark?.pid !== 'number') return undefined
    return { pid: mark.pid, ...(typeof mark.address === 'string' ? { address: mark.address } : {}) }
  } catch {
    return undefined
  }
}

/** The local CLI's own token, which the gateway keeps in the home; undefined before its first start. */
export async function readToken(home: string): Promise<string | undefined> {
  const text = await readFile(join(home, 'credentials', 'local.token'), 'utf8').catch(() => undefined)
  return text?.trim() || undefined
}
