import { failure, type Workspace } from '@openclaw/sdk'

/** A file that is changed is held in memory whole. */
const largestBytes = 20_000_000

/**
 * The text of a file that is to be changed and written back. Refuses what is not UTF-8, so that every byte outside of
 * the change comes back as it was; the byte order mark stays.
 */
export async function readWhole(path: string, workspace: Workspace): Promise<string> {
  const file = await workspace.stat(path)
  if (!file) throw failure('not_found', `${path}: there is no such file; create it with write`)
  if (file.kind !== 'file') throw failure('invalid_params', `${path}: it is not a file`)
  if (file.sizeBytes > largestBytes)
    throw failure('unsupported', `${path}: ${file.sizeBytes} bytes are too many to be edited; use bash`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await workspace.read(path))
  } catch (thrown) {
    if (thrown instanceof TypeError) throw failure('unsupported', `${path}: it is not UTF-8 text; use bash`)
    throw thrown
  }
}
