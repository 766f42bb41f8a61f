import { describe, expect, it, test } from 'vitest'
import { sniff, sniffStream } from '../src/index.ts'

const bytes = (...parts: (number[] | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const png = bytes(
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d],
  'IHDR',
  [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0],
)
const ogg = bytes('OggS', new Array(24).fill(0), 'OpusHead', new Array(16).fill(0))
const pdf = bytes('%PDF-1.7\n', new Array(64).fill(0x20))
const zip = bytes([0x50, 0x4b, 0x03, 0x04], new Array(60).fill(0))
const text = bytes('only words')

describe('the type of a file', () => {
  test.each([
    ['its bytes say it', png, {}, 'image/png'],
    ['its bytes are right, its name is not', png, { name: 'a.html', claimed: 'text/html' }, 'image/png'],
    ['a voice note', ogg, { claimed: 'audio/ogg' }, 'audio/ogg; codecs=opus'],
    ['a document', pdf, { claimed: 'application/octet-stream' }, 'application/pdf'],
    [
      'a claim about what is wrapped',
      zip,
      { claimed: 'application/vnd.oasis.opendocument.text' },
      'application/vnd.oasis.opendocument.text',
    ],
    ['something wrapped', zip, {}, 'application/zip'],
    ['a claim', text, { claimed: 'text/markdown; charset=utf-8', name: 'a.txt' }, 'text/markdown'],
    ['a name', text, { claimed: 'application/octet-stream', name: 'A.CSV' }, 'text/csv'],
    ['a claim that is none', text, { claimed: 'nonsense', name: 'a.md' }, 'text/markdown'],
    ['nothing at all', text, {}, 'application/octet-stream'],
    ['no bytes', bytes(), { name: 'a.txt' }, 'text/plain'],
  ])('%s', async (_, head, claim, mime) => expect(await sniff(head, claim)).toBe(mime))

  it('reads a stream as far as needed and gives it back whole', async () => {
    const whole = Buffer.concat([png, Buffer.alloc(20_000, 7)])
    let asked = 0
    const chunks = Array.from({ length: Math.ceil(whole.length / 1000) }, (__, at) =>
      whole.subarray(at * 1000, at * 1000 + 1000),
    )
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const next = chunks[asked++]
          if (next) controller.enqueue(next)
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const { mime, stream } = await sniffStream(source)
    expect(mime).toBe('image/png')
    expect(asked).toBeLessThan(8)
    expect(Buffer.from(await new Response(stream).arrayBuffer()).equals(whole)).toBe(true)
  })

  it('hands on the end of a short stream and the cancelling of a long one', async () => {
    const short = await sniffStream(new Blob([text]).stream(), { name: 'a.txt' })
    expect(short.mime).toBe('text/plain')
    expect(await new Response(short.stream).text()).toBe('only words')

    let cancelled: unknown
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: (reason) => void (cancelled = reason),
    })
    await (await sniffStream(endless)).stream.cancel('enough')
    expect(cancelled).toBe('enough')
  })
})
