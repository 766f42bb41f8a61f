import type { ToolCall } from '@openclaw/sdk'

/** Most of an output that goes to a file: it is held in memory until the command ends. */
const mostBytes = 16_000_000

/** The bytes of an output from its beginning, to be kept in a file when it turns out too long to be shown. */
export interface Whole {
  add(bytes: Uint8Array): void
  /** Writes the file and says where it is, or why there is none. */
  save(call: ToolCall): Promise<string>
}

/** Gathers an output. */
export function gatherWhole(): Whole {
  let bytes = Buffer.alloc(0)
  let held = 0
  let cut = false
  return {
    add(piece) {
      const part = piece.subarray(0, mostBytes - held)
      cut ||= part.length < piece.length
      const needed = held + part.length
      if (needed > bytes.length) bytes = Buffer.concat([bytes], Math.min(mostBytes, 2 * needed))
      bytes.set(part, held)
      held = needed
    },
    async save({ id, run, workspace }) {
      const name = `${run}-${id}`.replace(/[^\w-]/g, '_').slice(-100)
      const path = `.openclaw/output/${name}.txt`
      try {
        await workspace.write(path, bytes.subarray(0, held))
        return `${cut ? `the first ${mostBytes} bytes are` : 'all of it is'} in ${path}`
      } catch (thrown) {
        return `it could not be kept in ${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
      }
    },
  }
}
