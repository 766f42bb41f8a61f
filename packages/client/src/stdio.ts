import { nextTick } from 'node:process'
import { failure } from '@openclaw/protocol'
import type { Readable, Writable } from 'node:stream'
import { inbox, type Transport } from './transport.ts'

const lineFeed = 10
const mostUnsent = 64 * 1024

/**
 * A transport over two byte streams: one frame per line, ended by a line feed and nothing else. Frames of one turn of
 * the loop go out in one write. A line longer than `maxLineBytes` (64 MiB when absent) closes it, as does an error of
 * a stream.
 */
export function stdioTransport(
  readable: Readable,
  writable: Writable,
  options: { readonly maxLineBytes?: number } = {},
): Transport {
  const { maxLineBytes = 64 * 1024 * 1024 } = options
  const { onMessage, onClose, arrive, end } = inbox()
  let open = true
  let unsent = ''
  let room: PromiseWithResolvers<void> | undefined
  let begun: Buffer[] = []
  let begunBytes = 0

  const stop = (...reason: Parameters<typeof end>) => {
    if (!open) return
    open = false
    readable.off('data', read)
    readable.resume()
    room?.resolve()
    end(...reason)
  }
  const broken = (thrown: Error) => stop({ code: 'unavailable', message: `the pipe broke: ${thrown.message}` })

  function flush(): void {
    const text = unsent
    unsent = ''
    if (!text || !writable.writable || writable.write(text) || room) return
    room = Promise.withResolvers<void>()
    writable.once('drain', () => {
      room?.resolve()
      room = undefined
    })
  }

  function read(chunk: Buffer): void {
    let start = 0
    for (let at = chunk.indexOf(lineFeed); at !== -1 && open; at = chunk.indexOf(lineFeed, start)) {
      const rest = chunk.subarray(start, at)
      start = at + 1
      const line = begun.length > 0 ? Buffer.concat([...begun, rest]) : rest
      begun = []
      begunBytes = 0
      if (line.length > maxLineBytes) return tooLong()
      if (line.length > 0) arrive(line.toString('utf8'))
    }
    if (start === chunk.length) return
    begun.push(chunk.subarray(start))
    begunBytes += chunk.length - start
    if (begunBytes > maxLineBytes) tooLong()
  }
  const tooLong = () => {
    begun = []
    stop(failure('invalid_params', `a line was longer than ${maxLineBytes} bytes`))
    writable.end()
  }

  readable.on('data', read)
  readable.once('end', () => stop())
  readable.once('close', () => stop())
  readable.on('error', broken)
  writable.once('close', () => stop())
  writable.on('error', broken)

  return {
    onMessage,
    onClose,
    send(text) {
      if (!open) return
      // After all that promises lead to in this turn of the loop: a write wakes the other process, which costs both.
      if (!unsent) queueMicrotask(() => nextTick(flush))
      unsent += `${text}\n`
      // Who writes without an end lets no turn pass, and shall still be told that there is no room.
      if (unsent.length > mostUnsent) flush()
      return room?.promise
    },
    close() {
      if (!open) return
      flush()
      stop()
      writable.end()
    },
  }
}
