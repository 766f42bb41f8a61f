/** What a frame holds on its way out: output as the engine numbers it, or the command's end. */
export const kinds = { out: 1, err: 2, exit: 3 } as const

const headBytes = 8

/**
 * One frame: kind, three zeros, length, bytes. Engines send output in the same form
 * (https://docs.docker.com/reference/api/engine/, "Stream format"), so theirs go through as they are.
 */
export function frame(kind: number, bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes as Uint8Array)
  const head = Buffer.alloc(headBytes)
  head[0] = kind
  head.writeUInt32BE(body.length, 4)
  return Buffer.concat([head, body])
}

/** Takes frames out of a stream of bytes. Throws when one is longer than `most`. */
export function readFrames(most: number, take: (kind: number, body: Buffer) => void): (piece: Uint8Array) => void {
  let pieces: Buffer[] = []
  let bytes = 0
  let needed = headBytes
  return (piece) => {
    pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
    bytes += piece.byteLength
    // Joined once for each frame: joining at every piece would copy a long one again and again.
    if (bytes < needed) return
    let held = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    needed = headBytes
    while (held.length >= headBytes) {
      const length = held.readUInt32BE(4)
      if (length > most) throw new Error(`a frame of ${length} bytes is longer than ${most}`)
      needed = headBytes + length
      if (held.length < needed) break
      take(held[0]!, held.subarray(headBytes, needed))
      held = held.subarray(needed)
      needed = headBytes
    }
    pieces = held.length > 0 ? [held] : []
    bytes = held.length
  }
}
