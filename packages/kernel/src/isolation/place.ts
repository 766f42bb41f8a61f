import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '../platform.ts'

/** Where a child listens for us: local sockets that nobody but this user reaches. */
export interface SocketPlace extends AsyncDisposable {
  /** The path of a socket by its short name. A folder is made for the first one. */
  path(name: string): Promise<string>
}

/** Nothing is made before the first path. */
export function openPlace({ files, random }: Pick<Platform, 'files' | 'random'>): SocketPlace {
  const id = `openclaw-${random.id()}`
  let folder: Promise<string> | undefined

  async function make(): Promise<string> {
    // A short path: a socket's has some hundred bytes at most, and a home may lie deep.
    const made = join(tmpdir(), id)
    await files.makeFolder(made)
    return made
  }
  return {
    async path(name) {
      if (process.platform === 'win32') return `\\\\.\\pipe\\${id}-${name}`
      return join(await (folder ??= make()), name)
    },
    async [Symbol.asyncDispose]() {
      const made = await folder?.catch(() => undefined)
      if (made !== undefined) await files.remove(made)
    },
  }
}
