import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import {
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  unlink,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Workspace, WorkspaceFile } from '@openclaw/sdk'

/** The part of a workspace that is about files. */
export type WorkspaceFiles = Pick<Workspace, 'read' | 'write' | 'remove' | 'move' | 'list' | 'stat'>

/** Largest file that is read whole; ranges may reach further. */
export const maxReadBytes = 64 * 1024 * 1024
const maxEntries = 10_000

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_CREAT, O_EXCL, O_WRONLY } = constants
const linux = process.platform === 'linux'
const codeOf = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code

const below = (root: string, path: string) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
const outside = (path: string) => failure('forbidden', `${path} leads out of the workspace; name a path inside it`)

function explain(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return failure('not_found', `there is no ${path} in the workspace; list the folder to see what there is`)
  if (code === 'ELOOP') return outside(path)
  if (code === 'EISDIR') return failure('invalid_params', `${path} is a folder; name a file`)
  if (code === 'EACCES' || code === 'EPERM')
    return failure('forbidden', `${path} cannot be opened: the system does not allow it`)
  if (code === 'ENOTEMPTY') return failure('conflict', `${path} is a folder with something in it; remove that first`)
  if (code === 'EXDEV')
    return failure('unsupported', `${path} is on another disk; write a copy there and remove it here`)
  if (code === 'ENOSPC') return failure('unavailable', `${path} cannot be written: the disk is full`)
  return thrown
}

/** Where a path leads lexically; refuses what is outside at once. Answers the path relative to the root. */
export function inside(root: string, path: string): string {
  if (path.includes('\0')) throw failure('invalid_params', 'a path cannot hold NUL characters')
  const full = isAbsolute(path) ? resolve(path) : resolve(root, path)
  if (!below(root, full)) throw outside(path)
  return relative(root, full)
}

/**
 * Files below one folder of this machine. Links are followed only where they stay inside. A folder on the way is held
 * open, looked at after it was opened, and gone on from by its handle (on Linux through /proc/self/fd), so a link that
 * is swapped in meanwhile changes nothing.
 */
export function openFiles(root: string): WorkspaceFiles {
  let known: Promise<string> | undefined
  const realRoot = () => {
    known ??= mkdir(root, { recursive: true, mode: 0o700 }).then(() => realpath(root))
    known.catch(() => (known = undefined))
    return known
  }

  /** Where a path leads lexically from the real root. An absolute one may name the root by another spelling of it. */
  async function within(path: string): Promise<string> {
    return below(resolve(root), resolve(root, path)) ? inside(resolve(root), path) : inside(await realRoot(), path)
  }

  /** The real place of a path whose last parts may not exist yet. */
  async function place(path: string): Promise<string> {
    const top = await realRoot()
    let there = join(top, await within(path))
    const missing: string[] = []
    for (;;) {
      try {
        const real = join(await realpath(there), ...missing)
        if (!below(top, real)) throw outside(path)
        return real
      } catch (thrown) {
        if (codeOf(thrown) === 'ENOENT') {
          // A link that leads nowhere would be followed by whoever creates its target.
          if (
            await lstat(there).then(
              (stat) => stat.isSymbolicLink(),
              () => false,
            )
          )
            throw outside(path)
          if (there === top) throw thrown
          missing.unshift(basename(there))
          there = dirname(there)
        } else throw explain(thrown, path)
      }
    }
  }

  async function check(file: FileHandle, full: string, path: string): Promise<void> {
    const top = await realRoot()
    const real = linux ? await readlink(`/proc/self/fd/${file.fd}`) : await realpath(full)
    if (!below(top, real)) throw outside(path)
  }

  async function openChecked(path: string, flags: number): Promise<FileHandle> {
    const full = await place(path)
    const file = await open(full, flags | O_NOFOLLOW | O_NONBLOCK).catch((thrown: unknown) => {
      throw explain(thrown, path)
    })
    try {
      await check(file, full, path)
    } catch (thrown) {
      await file.close()
      throw thrown
    }
    return file
  }

  /** A handle of a folder below the root, walked to from the root without following any link; it may make what is missing. */
  async function openFolder(full: string, path: string, make: boolean): Promise<FileHandle> {
    const top = await realRoot()
    let folder = await open(top, O_RDONLY | O_DIRECTORY)
    try {
      let at = top
      for (const name of relative(top, full).split(sep).filter(Boolean)) {
        at = join(at, name)
        const next = linux ? `/proc/self/fd/${folder.fd}/${name}` : at
        if (make)
          await mkdir(next, 0o700).catch((thrown: unknown) => {
            if (codeOf(thrown) !== 'EEXIST') throw thrown
          })
        const opened = await open(next, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        await folder.close()
        folder = opened
      }
      await check(folder, full, path)
      return folder
    } catch (thrown) {
      await folder.close()
      // O_DIRECTORY with O_NOFOLLOW answers ENOTDIR for a link.
      throw codeOf(thrown) === 'ENOTDIR'
        ? failure('forbidden', `${path} goes through something that is no folder`)
        : explain(thrown, path)
    }
  }

  const reach = (folder: FileHandle, full: string) => (linux ? `/proc/self/fd/${folder.fd}/${basename(full)}` : full)

  /** The folder that holds a path's last name, held open, and the name in it. What the name leads to is not followed. */
  async function openParent(path: string, make = false): Promise<AsyncDisposable & { readonly entry: string }> {
    const name = await within(path)
    if (name === '') throw failure('invalid_params', `${path || '.'} is the workspace itself; name a file`)
    const full = join(await place(dirname(name)), basename(name))
    const folder = await openFolder(dirname(full), path, make)
    return { entry: reach(folder, full), [Symbol.asyncDispose]: () => folder.close() }
  }

  return {
    async read(path, range) {
      await using file = await openChecked(path, O_RDONLY)
      const stat = await file.stat()
      if (stat.isDirectory()) throw failure('invalid_params', `${path} is a folder; list it instead`)
      if (!stat.isFile()) throw failure('invalid_params', `${path} is not a file`)
      const start = Math.max(0, range?.start ?? 0)
      const end = Math.min(stat.size, range?.end ?? stat.size)
      // Files of /proc and their like say 0 and have something all the same; they are not for tools.
      const length = Math.max(0, end - start)
      if (length > maxReadBytes)
        throw failure('invalid_params', `${path} has ${stat.size} bytes; read a range of at most ${maxReadBytes}`)
      const bytes = Buffer.allocUnsafe(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    },
    async write(path, bytes) {
      const full = await place(path)
      if (full === (await realRoot()))
        throw failure('invalid_params', `${path || '.'} is the workspace itself; name a file`)
      await using folder = await openFolder(dirname(full), path, true)
      const target = reach(folder, full)
      const before = await lstat(target).catch(() => undefined)
      if (before && !before.isFile())
        throw before.isSymbolicLink() ? outside(path) : failure('invalid_params', `${path} is not a file`)
      const beside = reach(folder, join(dirname(full), `.${randomUUID()}.part`))
      try {
        {
          await using file = await open(
            beside,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
            before ? before.mode & 0o777 : 0o600,
          )
          await file.writeFile(bytes)
          await file.datasync()
        }
        await rename(beside, target)
      } catch (thrown) {
        await rm(beside, { force: true })
        throw explain(thrown, path)
      }
    },
    async remove(path) {
      await using parent = await openParent(path)
      try {
        const stat = await lstat(parent.entry)
        if (stat.isDirectory()) await rmdir(parent.entry)
        else if (stat.isFile()) await unlink(parent.entry)
        else throw failure('invalid_params', `${path} is not a file`)
      } catch (thrown) {
        throw explain(thrown, path)
      }
    },
    async move(from, to) {
      await using before = await openParent(from)
      const stat = await lstat(before.entry).catch((thrown: unknown) => {
        throw explain(thrown, from)
      })
      if (!stat.isFile()) throw failure('invalid_params', `${from} is not a file`)
      await using after = await openParent(to, true)
      if (await lstat(after.entry).catch(() => undefined))
        throw failure('conflict', `${to} is there already; remove it first or take another name`)
      await rename(before.entry, after.entry).catch((thrown: unknown) => {
        throw explain(thrown, from)
      })
    },
    async list(path) {
      const full = await place(path)
      await using folder = await openChecked(path, O_RDONLY | O_DIRECTORY).catch((thrown: unknown) => {
        throw codeOf(thrown) === 'not_found' && path
          ? failure('not_found', `there is no folder ${path} in the workspace`)
          : thrown
      })
      const where = linux ? `/proc/self/fd/${folder.fd}` : full
      const names = (await readdir(where)).toSorted().slice(0, maxEntries)
      const found = await Promise.all(names.map((name) => describe(join(where, name), name)))
      return found.filter((file) => file !== undefined)
    },
    async stat(path) {
      try {
        return await describe(await place(path), basename(resolve(root, path)))
      } catch (thrown) {
        if (codeOf(thrown) === 'not_found') return undefined
        throw thrown
      }
    },
  }
}

async function describe(full: string, name: string): Promise<WorkspaceFile | undefined> {
  const stat = await lstat(full).catch(() => undefined)
  if (!stat) return undefined
  return { name, kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other', sizeBytes: stat.size }
}
