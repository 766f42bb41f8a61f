import type { IncomingMessage } from 'node:http'
import { pipeline, Transform, type Duplex, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { failure } from '@openclaw/protocol'

const unpackers: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  br: () => createBrotliDecompress(),
}

/**
 * The unpacked body of an answer, read from the connection as fast as it is read here. It fails after `maxBytes` with
 * `unsupported`, and with the signal's reason; `over` is called at its end, whichever it is.
 */
export function readBody(
  answer: IncomingMessage,
  { maxBytes, signal, over, host }: { maxBytes: number; signal: AbortSignal; over: () => void; host: string },
): Readable {
  const packing = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (packing !== 'identity' && !unpackers[packing])
    throw failure('unsupported', `${host} packs its answer as "${packing.slice(0, 40)}", which nobody asked for`)
  let bytes = 0
  // Counted after unpacking: a thousandth of it may be all that came over the wire.
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength
      if (bytes <= maxBytes) done(null, chunk)
      else done(failure('unsupported', `${host} sends more than ${maxBytes} bytes, which is too much to read`))
    },
  })
  const stop = () => bounded.destroy(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  pipeline([answer, ...(unpackers[packing] ? [unpackers[packing]()] : []), bounded], () => {
    signal.removeEventListener('abort', stop)
    over()
  })
  if (signal.aborted) stop()
  return bounded
}
