import { join } from 'node:path'
import type { Store } from '@openclaw/sdk'
import type { Files } from '../platform.ts'
import { decodeName, encodeName } from './name.ts'

/**
 * The durable values of one plugin, one file for each key. A key may be any text that fits a file name once encoded
 * (some 60 to 200 characters); a longer one is refused with `invalid_params`: use a digest of it.
 */
export function openStore(files: Files, folder: string): Store {
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
