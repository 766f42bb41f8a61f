/** What a frame holds on its way out: output as the engine numbers it, or the command's end. */
export const kinds = { out: 1, err: 2, exit: 3 } as const

/**
 * One frame: kind, three zeros, length, bytes. Engines send output in the same form
 * (https://docs.docker.com/reference/api/engine/, "Stream format"), so theirs go through as they are.
 */
export function frame(kind: number, bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes as Uint8Array)
  const head = Buffer.alloc(8)
  head[0] = kind
  head.writeUInt32BE(body.length, 4)
  return Buffer.concat([head, body])
}

/** Takes frames out of a stream of bytes. Throws when one is longer than `most`. */
export function readFrames(most: number, take: (kind: number, body: Buffer) => void): (piece: Uint8Array) => void {
  let held = Buffer.alloc(0)
  return (piece) => {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece])
    while (held.length >= 8) {
      const length = held.readUInt32BE(4)
      if (length > most) throw new Error(`a frame of ${length} bytes is longer than ${most}`)
      if (held.length < 8 + length) return
      const body = held.subarray(8, 8 + length)
      const kind = held[0]!
      held = held.subarray(8 + length)
      take(kind, body)
    }
  }
}
