import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageType, isText } from '../src/kind.ts'
import { readLines } from '../src/lines.ts'

const signal = new AbortController().signal
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openclaw-lines-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Reads from a real file; `bytesRead` says how much of it was touched. */
async function linesOf(text: string, first: number, count: number, maxText = 1_000_000) {
  const path = join(folder, 'file')
  await writeFile(path, text)
  let bytesRead = 0
  const read = async (from: string, { start, end } = { start: 0, end: 0 }) => {
    await using file = await open(from)
    const { buffer, bytesRead: got } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    bytesRead += got
    return buffer.subarray(0, got)
  }
  const lines = await readLines(
    { read },
    { path, sizeBytes: Buffer.byteLength(text) },
    { first, count, maxText, signal },
  )
  return { ...lines, bytesRead }
}

describe('lines of a file', () => {
  it('are the asked ones, with a word whether there are more', async () => {
    expect(await linesOf('a\nb\nc\n', 2, 1)).toMatchObject({ text: 'b\n', last: 2, more: true })
    expect(await linesOf('a\nb\nc\n', 2, 5)).toMatchObject({ text: 'b\nc\n', last: 3, more: false })
    expect(await linesOf('a\nb', 1, 5)).toMatchObject({ text: 'a\nb', last: 2, more: false })
    expect(await linesOf('a\nb\n', 7, 5)).toMatchObject({ text: '', last: 2, more: false })
  })

  it('end with a whole line at the limit, and inside one only when it alone is too long', async () => {
    expect(await linesOf('aaaa\nbbbb\ncccc\n', 1, 9, 12)).toMatchObject({
      text: 'aaaa\nbbbb\n',
      last: 2,
      more: true,
      cut: false,
    })
    expect(await linesOf(`${'x'.repeat(100)}\nb\n`, 1, 9, 10)).toMatchObject({
      text: 'x'.repeat(10),
      last: 1,
      more: true,
      cut: true,
    })
  })

  it('do not cost the rest of a huge file', async () => {
    const { bytesRead } = await linesOf('a line\n'.repeat(1_000_000), 1, 10)
    expect(bytesRead).toBeLessThanOrEqual(256 * 1024)
  })

  it('read on from where they ended are the whole file', async () => {
    const texts = fc
      .array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 30 })
      .map((lines) => lines.join('\n'))
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 7 }), async (text, count) => {
        let whole = ''
        for (let first = 1; ;) {
          const lines = await linesOf(text, first, count)
          whole += lines.text
          if (!lines.more) break
          expect(lines.last).toBe(first + count - 1)
          first = lines.last + 1
        }
        // A byte order mark at the very beginning is no text.
        expect(whole).toBe(text.replace(/^\uFEFF/, ''))
      }),
      { numRuns: 60 },
    )
  })
})

describe('the kind of a file', () => {
  it.each([
    ['image/png', '89504e470d0a1a0a'],
    ['image/jpeg', 'ffd8ffe0'],
    ['image/gif', '474946383961'],
    ['image/webp', '524946460000000057454250'],
    [undefined, '68656c6c6f'],
    [undefined, ''],
  ])('is %s by its first bytes', (mime, hex) => {
    expect(imageType(Buffer.from(hex, 'hex'))).toBe(mime)
  })

  it('is text when it is UTF-8 without zero bytes, also when the piece ends inside a letter', () => {
    expect(isText(new TextEncoder().encode('grüße'))).toBe(true)
    expect(isText(new TextEncoder().encode('grü').subarray(0, 3))).toBe(true)
    expect(isText(new Uint8Array([65, 0, 66]))).toBe(false)
    expect(isText(new Uint8Array([65, 0xff, 66]))).toBe(false)
  })
})
