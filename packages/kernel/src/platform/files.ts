import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileStat, Files } from '../platform.ts'
import { openHandle } from './handle.ts'
import { takeLock } from './lock.ts'

/** The disk of this machine. */
export function realFiles(): Files {
  let replaced = 0
  const files: Files = {
    async open(path, mode) {
      const created = (): Promise<void> => syncFolder(dirname(path))
      try {
        return await openHandle(path, mode, created)
      } catch (error) {
        if (mode === 'read' || codeOf(error) !== 'ENOENT') throw error
        await files.makeFolder(dirname(path))
        return openHandle(path, mode, created)
      }
    },
    readText: async (path) => (await whenThere(readFile(path, 'utf8'))) as string | undefined,
    readBytes: async (path) => (await whenThere(readFile(path))) as Uint8Array | undefined,
    async replace(path, content, { executable = false } = {}) {
      await files.makeFolder(dirname(path))
      const beside = `${path}.${process.pid}-${++replaced}.new`
      try {
        const file = await open(beside, 'wx', executable ? 0o700 : 0o600)
        try {
          if (typeof content === 'string' || content instanceof Uint8Array) await file.writeFile(content)
          else for await (const part of content) await file.writeFile(part)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(beside, path)
      } catch (error) {
        await rm(beside, { force: true }).catch(() => {})
        throw error
      }
      await syncFolder(dirname(path))
    },
    async move(from, to) {
      await rename(from, to)
      await syncFolder(dirname(to))
    },
    async stat(path) {
      const found = await whenThere(lstat(path))
      if (!found) return undefined
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'other'
      return {
        size: found.size,
        modifiedMs: found.mtimeMs,
        kind,
        executable: (found.mode & 0o100) !== 0,
      } satisfies FileStat
    },
    list: async (folder) => (await whenThere(readdir(folder))) ?? [],
    async makeFolder(path) {
      const first = await mkdir(path, { recursive: true, mode: 0o700 })
      if (first === undefined) return
      // What stands in a new folder is lost with the folder's own name, so that is on the disk before anything is.
      for (let made = path; ; made = dirname(made)) {
        await syncFolder(dirname(made))
        if (made.length <= first.length) return
      }
    },
    syncFolder,
    remove: (path) => rm(path, { force: true, recursive: true }),
    realpath: (path) => realpath(path),
    async lock(path) {
      // SQLite would make it readable for all. One that is there is not opened: closing it would let go of its lock.
      if (!(await files.stat(path))) await (await files.open(path, 'append'))[Symbol.asyncDispose]()
      return takeLock(path)
    },
  }
  return files
}

/** A new or renamed name is on the disk once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder, and keeps names by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function whenThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}
