import { failure } from '@openclaw/protocol'

/** Most bytes of one piece of a stream on the wire. */
const chunkBytes = 64 * 1024
/** Most streams that one side lends at once. */
const maxLent = 64

/** Streams that this side lends to the other, piece by piece: nothing is read before it is asked for. */
export interface LentStreams {
  /** Gives a stream a number, until it was read to its end or cancelled. Throws `rate_limited` when too many are open. */
  lend(stream: ReadableStream<Uint8Array>): Promise<number>
  read(params: { stream: number }): Promise<{ piece?: string }>
  cancel(params: { stream: number }): Promise<Record<string, never>>
  /** Cancels all of them. */
  close(): Promise<void>
}

/** None is lent yet. */
export function lendStreams(): LentStreams {
  const lent = new Map<number, { reader: ReadableStreamDefaultReader<Uint8Array>; rest: Uint8Array }>()
  let next = 0
  const forget = async (stream: number) => {
    const one = lent.get(stream)
    lent.delete(stream)
    await one?.reader.cancel().catch(() => {})
  }
  return {
    async lend(stream) {
      if (lent.size >= maxLent) {
        await stream.cancel()
        throw failure('rate_limited', `${maxLent} files are being read already; wait for some of them`)
      }
      lent.set(++next, { reader: stream.getReader(), rest: new Uint8Array() })
      return next
    },
    async read({ stream }) {
      const one = lent.get(stream)
      if (!one) throw failure('not_found', `there is no stream ${stream}; it was read to its end or given up`)
      while (one.rest.length === 0) {
        const { done, value } = await one.reader.read().catch(async (error: unknown) => {
          lent.delete(stream)
          throw error
        })
        if (done) {
          lent.delete(stream)
          return {}
        }
        one.rest = value
      }
      const piece = one.rest.subarray(0, chunkBytes)
      one.rest = one.rest.subarray(chunkBytes)
      return { piece: toBase64(piece) }
    },
    async cancel({ stream }) {
      await forget(stream)
      return {}
    },
    async close() {
      await Promise.all([...lent.keys()].map(forget))
    },
  }
}

/** The two calls with which a lent stream is read. */
export interface Lender {
  read(stream: number): Promise<{ piece?: string }>
  cancel(stream: number): Promise<unknown>
}

/** A stream that the other side lent. A piece is fetched when somebody reads; cancelling tells the other side. */
export function borrowStream(stream: number, lender: Lender): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { piece } = await lender.read(stream)
        if (piece === undefined) controller.close()
        else controller.enqueue(fromBase64(piece))
      },
      cancel: async () => void (await lender.cancel(stream).catch(() => {})),
    },
    { highWaterMark: 0 },
  )
}

/** Bytes as they travel in a frame. */
export const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
/** The bytes of {@link toBase64}. */
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
