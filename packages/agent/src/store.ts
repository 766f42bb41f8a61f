import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@openclaw/sdk'

const isMissing = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code === 'ENOENT'

/** Small values as files of one folder, one for each key; whole or not at all, mode 0600. */
export function openStore(folder: string): Store {
  const path = (key: string) => join(folder, `${encodeURIComponent(key).replaceAll('.', '%2E')}.value`)
  return {
    async get(key) {
      try {
        return await readFile(path(key))
      } catch (thrown) {
        if (isMissing(thrown)) return undefined
        throw thrown
      }
    },
    async set(key, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const beside = join(folder, `${randomUUID()}.part`)
      {
        await using file = await open(beside, 'wx', 0o600)
        await file.writeFile(value)
        await file.datasync()
      }
      await rename(beside, path(key))
    },
    async delete(key) {
      await rm(path(key), { force: true })
    },
    async list(prefix = '') {
      const names = await readdir(folder).catch((thrown: unknown) => {
        if (isMissing(thrown)) return []
        throw thrown
      })
      return names
        .filter((name) => name.endsWith('.value'))
        .map((name) => decodeURIComponent(name.slice(0, -'.value'.length)))
        .filter((key) => key.startsWith(prefix))
        .toSorted()
    },
  }
}
