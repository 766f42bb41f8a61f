import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '@openclaw/sdk'

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
