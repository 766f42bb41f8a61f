import { close, constants, fdatasync, fstat, open, read, write } from 'node:fs'
import { promisify } from 'node:util'
import type { FileHandle } from '../platform.ts'

// The callback interface with bare descriptors: a third of the cost of `fs.promises` handles on the ledger's hot path.
const { O_APPEND, O_RDWR } = constants
const openFile = promisify(open)
const closeFile = promisify(close)
const statFile = promisify(fstat)

/** Opens for reading, or for appending and reading; `created` is called when the file was not there before. */
export async function openHandle(
  path: string,
  mode: 'read' | 'append',
  created: () => Promise<void>,
): Promise<FileHandle> {
  if (mode === 'read') return handleOf(await openFile(path, 'r'), undefined)
  // 'a+' alone would not say whether the file is new.
  const known = await openFile(path, O_RDWR | O_APPEND).catch(unless('ENOENT'))
  if (known !== undefined) return handleOf(known, undefined)
  const fresh = await openFile(path, 'ax+', 0o600).catch(unless('EEXIST'))
  // Somebody else made it just now.
  if (fresh === undefined) return openHandle(path, mode, created)
  return handleOf(fresh, created)
}

function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error
  }
}

function handleOf(file: number, created: (() => Promise<void>) | undefined): FileHandle {
  let last: Promise<unknown> = Promise.resolve()
  let nameOwed = created
  let open = true

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work, work)
    last = result.catch(() => {})
    return result
  }

  return {
    append: (bytes) => inOrder(() => writeWhole(file, bytes)),
    sync: () =>
      inOrder(async () => {
        await new Promise<void>((resolve, reject) => fdatasync(file, (error) => (error ? reject(error) : resolve())))
        if (!nameOwed) return
        await nameOwed()
        nameOwed = undefined
      }),
    read: (offset, length) => readSome(file, offset, length),
    size: async () => (await statFile(file)).size,
    async [Symbol.asyncDispose]() {
      if (!open) return
      open = false
      await inOrder(() => closeFile(file))
    },
  }
}

function writeWhole(file: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const from = (start: number): void =>
      // A disk that fills up takes a part first and refuses the rest afterwards.
      write(file, bytes, start, bytes.length - start, null, (error, written) => {
        if (error) reject(error)
        else if (start + written < bytes.length) from(start + written)
        else resolve()
      })
    from(0)
  })
}

function readSome(file: number, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length)
  return new Promise((resolve, reject) => {
    const from = (start: number): void =>
      read(file, bytes, start, length - start, offset + start, (error, count) => {
        if (error) reject(error)
        else if (count > 0 && start + count < length) from(start + count)
        else resolve(bytes.subarray(0, start + count))
      })
    if (length === 0) resolve(bytes)
    else from(0)
  })
}
