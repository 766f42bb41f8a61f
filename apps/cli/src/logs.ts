import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MethodResult } from '@openclaw/protocol'
import type { Cli } from './cli.ts'

type Page = MethodResult<'logs.tail'>

const tailBytes = 256 * 1024

/** Reads the log of a home: through its gateway, or from the files when none runs. */
export async function readLogs(cli: Cli): Promise<(cursor: string | undefined, limit: number) => Promise<Page>> {
  const gateway = await cli.findGateway()
  if (gateway)
    return async (cursor, limit) =>
      await gateway.call('logs.tail', { limit, ...(cursor === undefined ? {} : { cursor }) })
  const folder = join(cli.home, 'logs')
  return async (cursor, limit) => await readFiles(folder, cursor, limit)
}

/** The end of the newest file, or what came after a cursor: `<file>:<byte>`. */
async function readFiles(folder: string, cursor: string | undefined, limit: number): Promise<Page> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.log')).sort()
  const newest = files.at(-1)
  if (newest === undefined) return { cursor: cursor ?? '', lines: [] }
  const [name, byte] = (cursor ?? '').split(':')
  const from = name === newest ? Number(byte) : undefined
  await using file = await open(join(folder, newest))
  const { size } = await file.stat()
  const start = from ?? Math.max(0, size - tailBytes)
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.max(0, size - start)), position: start })
  const read = buffer.subarray(0, bytesRead)
  // The last line may be half written.
  const end = read.lastIndexOf(10) + 1
  const lines = read
    .toString('utf8', 0, end)
    .split('\n')
    .slice(from === undefined && start > 0 ? 1 : 0, -1)
  return { cursor: `${newest}:${start + end}`, lines: from === undefined ? lines.slice(-limit) : lines }
}
