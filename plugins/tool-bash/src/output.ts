import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

/** What is kept of a command's output, in the order in which it came. Memory is bounded by the limit. */
export interface Kept {
  add(stream: 'out' | 'err', bytes: Uint8Array): void
  /** True when more came than is kept. */
  readonly cut: boolean
  /**
   * Text for the model: without colours and overwritten lines, the beginning and the end when it is too long, and
   * between them how the rest can be seen.
   */
  text(rest?: string): string
}

/**
 * Keeps the first fifth and the last four fifths of `limit` characters: the beginning says what ran, the end how it
 * went.
 */
export function keepOutput(limit: number): Kept {
  const decoders = { out: new StringDecoder('utf8'), err: new StringDecoder('utf8') }
  const headLimit = Math.floor(limit / 5)
  const tailLimit = limit - headLimit
  let head = ''
  let tail = ''
  let dropped = 0
  const take = (text: string) => {
    const room = headLimit - head.length
    head += text.slice(0, room)
    tail += text.slice(room)
    // Cutting at every chunk would copy the tail again and again.
    if (tail.length > 2 * tailLimit) trim()
  }
  const trim = () => {
    const excess = tail.length - tailLimit
    if (excess <= 0) return
    dropped += excess
    tail = tail.slice(excess)
  }
  return {
    add: (stream, bytes) => take(decoders[stream].write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    get cut() {
      trim()
      return dropped > 0
    },
    text(rest = 'to see them, send the output to a file and read its parts') {
      trim()
      if (dropped === 0) return clean(head + tail)
      return `${clean(head)}\n\n[${dropped} characters left out here; ${rest}]\n\n${clean(tail)}`
    },
  }
}

// Left from binary output; a model pays for each and learns nothing.
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g

/** Progress bars rewrite their line; only what stood there last matters. */
function clean(text: string): string {
  const lines = stripVTControlCharacters(text).replace(controls, '').split(/\r*\n/)
  return lines
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n')
    .trimEnd()
}
