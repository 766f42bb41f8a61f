import { dirname } from 'node:path'
import type { FileHandle, Files, FileStat } from '@openclaw/kernel'
import type { Disk } from './disk.ts'
import { inodeOf, type Inode } from './inode.ts'

/** One operation on the disk, as a system call would be. */
export interface Operation {
  readonly kind: 'open' | 'read' | 'write' | 'sync' | 'rename' | 'remove' | 'stat' | 'list' | 'folder' | 'lock'
  readonly path: string
  /** Bytes that a write is about to add. */
  readonly size?: number
}

/**
 * How operations come about: `perform` does it, or for a write the first `bytes` of it, and may be called late, in part,
 * or never. `refused` is called where the disk refuses it. Resolves with what it gave.
 */
export type Perform = <T>(operation: Operation, perform: (bytes?: number) => T, refused?: () => void) => Promise<T>

/** The disk as a platform's files, in the steps in which the real ones are made. */
export function filesOf(disk: Disk, perform: Perform, nowMs: () => number): Files {
  const { names, folders, locks } = disk
  const modified = new WeakMap<Inode, number>()
  let replaced = 0

  const inodeAt = (path: string): Inode => {
    const inode = names.get(path)
    if (!inode) throw trouble('ENOENT', path)
    return inode
  }
  const write = (inode: Inode, bytes: Uint8Array) => {
    inode.append(bytes)
    modified.set(inode, nowMs())
  }
  const syncFolder = (path: string) => perform({ kind: 'sync', path }, () => disk.syncFolder(path))

  const files: Files = {
    async open(path, mode) {
      if (mode === 'append' && !folders.has(dirname(path))) await files.makeFolder(dirname(path))
      const opened = await perform({ kind: 'open', path }, () => {
        const created = !names.has(path) && mode === 'append'
        if (created) names.set(path, inodeOf())
        return { inode: inodeAt(path), created }
      })
      return handleOf(opened.inode, path, opened.created)
    },
    readText: async (path) => (await files.readBytes(path))?.toString(),
    readBytes: (path) => perform({ kind: 'read', path }, () => names.get(path)?.bytes),
    async replace(path, content) {
      await files.makeFolder(dirname(path))
      const beside = `${path}.1-${++replaced}.new`
      try {
        const inode = await perform({ kind: 'open', path: beside }, () => {
          names.set(beside, inodeOf())
          return inodeAt(beside)
        })
        const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content
        for await (const part of parts) {
          const bytes = Buffer.from(part as string)
          await perform({ kind: 'write', path: beside, size: bytes.length }, (upto) =>
            write(inode, bytes.subarray(0, upto)),
          )
        }
        await perform({ kind: 'sync', path: beside }, inode.sync, inode.lose)
        await perform({ kind: 'rename', path }, () => rename(beside, path))
      } catch (error) {
        await perform({ kind: 'remove', path: beside }, () => void names.delete(beside)).catch(() => {})
        throw error
      }
      await syncFolder(dirname(path))
    },
    async move(from, to) {
      await perform({ kind: 'rename', path: to }, () => rename(from, to))
      await syncFolder(dirname(to))
    },
    stat: (path) => perform({ kind: 'stat', path }, () => statOf(path)),
    list: (folder) =>
      perform({ kind: 'list', path: folder }, () =>
        [...names.keys(), ...folders].filter((path) => path !== '/' && dirname(path) === folder).map(baseOf),
      ),
    makeFolder: (path) =>
      folders.has(path)
        ? Promise.resolve()
        : perform({ kind: 'folder', path }, () => {
            for (let made = path; !folders.has(made); made = dirname(made)) folders.add(made)
          }),
    syncFolder,
    remove: (path) =>
      perform({ kind: 'remove', path }, () => {
        for (const name of names.keys()) if (name === path || name.startsWith(`${path}/`)) names.delete(name)
        for (const folder of folders) if (folder === path || folder.startsWith(`${path}/`)) folders.delete(folder)
      }),
    realpath: async (path) => path,
    lock: (path) =>
      perform({ kind: 'lock', path }, () => {
        if (locks.has(path)) return undefined
        if (!names.has(path)) names.set(path, inodeOf())
        locks.add(path)
        return { [Symbol.dispose]: () => void locks.delete(path) }
      }),
  }

  function rename(from: string, to: string): void {
    const inode = inodeAt(from)
    names.set(to, inode)
    names.delete(from)
  }

  function statOf(path: string): FileStat | undefined {
    const inode = names.get(path)
    if (inode) return { size: inode.bytes.length, modifiedMs: modified.get(inode) ?? 0, kind: 'file' }
    return folders.has(path) ? { size: 0, modifiedMs: 0, kind: 'folder' } : undefined
  }

  function handleOf(inode: Inode, path: string, created: boolean): FileHandle {
    let last: Promise<unknown> = Promise.resolve()
    let nameOwed = created
    const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
      const result = last.then(work, work)
      last = result.catch(() => {})
      return result
    }
    return {
      append: (bytes) =>
        inOrder(() =>
          perform({ kind: 'write', path, size: bytes.length }, (upto) => write(inode, bytes.subarray(0, upto))),
        ),
      sync: () =>
        inOrder(async () => {
          await perform({ kind: 'sync', path }, inode.sync, inode.lose)
          if (!nameOwed) return
          await syncFolder(dirname(path))
          nameOwed = false
        }),
      read: (offset, length) =>
        perform({ kind: 'read', path }, () => Buffer.from(inode.bytes.subarray(offset, offset + length))),
      size: () => perform({ kind: 'stat', path }, () => inode.bytes.length),
      [Symbol.asyncDispose]: async () => {
        await last
      },
    }
  }
  return files
}

/** An error as node's file system throws it. */
export function trouble(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: the simulated disk refused, ${path}`), { code })
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
