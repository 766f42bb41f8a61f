import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { StoreFiles } from '@openclaw/sdk/host'

/** This machine's disk for the values of plugins, under `state/<plugin>/`. The gateway reads and writes the same files. */
export const stateFiles: StoreFiles = {
  readBytes: (path) => whenThere(readFile(path)),
  async replace(path, content) {
    const folder = dirname(path)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // No key is written with a dot, so this is never taken for one.
    const beside = `${path}.${randomUUID()}.new`
    try {
      {
        await using file = await open(beside, 'wx', 0o600)
        await file.writeFile(content)
        await file.sync()
      }
      await rename(beside, path)
    } catch (thrown) {
      await rm(beside, { force: true }).catch(() => {})
      throw thrown
    }
    await syncFolder(folder)
  },
  remove: (path) => rm(path, { force: true }),
  list: async (folder) => (await whenThere(readdir(folder))) ?? [],
}

/** A renamed file is on the disk once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder, and keeps names by itself.
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}

async function whenThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}
