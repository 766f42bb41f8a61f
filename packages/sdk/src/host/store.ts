import { join } from 'node:path'
import type { Store } from '../scope.ts'
import { decodeName, encodeName } from './name.ts'

/** The disk, as much as a store needs of it. Folders are made 0700, files 0600. The kernel's `platform.files` is one. */
export interface StoreFiles {
  /** Undefined when there is no such file. */
  readBytes(path: string): Promise<Uint8Array | undefined>
  /** Whole or not at all, and on the disk when it resolves; a missing folder is made. */
  replace(path: string, content: Uint8Array): Promise<void>
  /** Nothing happens when there is no such file. */
  remove(path: string): Promise<void>
  /** Names in a folder; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>
}

/**
 * The durable values of one plugin, one file for each key: all that open the same folder see the same values. A key may
 * be any text that fits a file name once encoded (some 60 to 200 characters); a longer one is refused with
 * `invalid_params`: use a digest of it.
 */
export function openStore(files: StoreFiles, folder: string): Store {
  const fileOf = (key: string) => join(folder, encodeName(key))
  return {
    get: async (key) => await files.readBytes(fileOf(key)),
    set: async (key, value) => await files.replace(fileOf(key), value),
    delete: async (key) => await files.remove(fileOf(key)),
    async list(prefix = '') {
      const keys = (await files.list(folder)).map(decodeName).filter((key) => key !== undefined)
      return keys.filter((key) => key.startsWith(prefix)).toSorted()
    },
  }
}
