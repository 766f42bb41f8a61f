import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Where everything stands that the scripts bring or make for themselves; ignored by git. */
export const cache = join(root, '.cache')

/** True on Windows, where programs end in `.exe` and npm is a shell script. */
export const windows = process.platform === 'win32'

/** A path inside the repository. */
export const at = (...parts) => join(root, ...parts)
