import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readGroup } from '../../src/ledger/line.ts'
import { eraseLine, parseLine, readLine, stampLine } from '../../src/sessions/line.ts'
import { loadJournal } from '../../src/sessions/load.ts'
import { verifyJournal } from '../../src/sessions/verify.ts'
import { anyText } from '../anyText.ts'
import { memoryPlatform } from '../damage.ts'
import { user } from '../storage.ts'

const path = '/home/sessions/main/x.jsonl'
const stamp = (seq: number) => ({ id: `id${seq}`, seq, at: seq, parent: undefined })
/** Whole lines, things that look like lines, and anything. */
const pieces = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 30 }), anyText({ maxLength: 40 }))
    .map(([seq, text]) => stampLine(user(text), stamp(seq)).text),
  fc.constantFrom(
    '',
    '{}',
    'null',
    '{"v":1}',
    '{"body":1,"sum":"0123456789abcdef"}',
    ',"body":',
    '"kind":"checkpoint"',
    '\u0000\u0000',
  ),
  fc.json({ maxDepth: 2 }),
  anyText({ maxLength: 60 }),
)
const files = fc.array(pieces, { maxLength: 12 }).map((lines) => Buffer.from(lines.join('\n')))

test('R5: any bytes are a journal: every line is read or reported, and nothing hangs or throws', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        files,
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (bytes) => {
        const platform = memoryPlatform({ [path]: bytes })
        const { lines, intact, erased, newer, damaged } = await verifyJournal(path, platform)
        const unread = damaged.filter(({ reason }) => !reason.startsWith('it stands'))
        expect(intact + erased + newer + unread.length).toBe(lines)
        const loaded = await loadJournal(await platform.files.open(path, 'read'), 1 << 22)
        expect(loaded.live.length).toBeLessThanOrEqual(intact + erased + newer)
        expect(loaded.live.map(({ seq }) => seq)).toEqual(loaded.live.map(({ seq }) => seq).toSorted((a, b) => a - b))
      },
    ),
    { numRuns: 2000 },
  )
})

test('R5: any bytes are one line or none, for the journal and for the ledger', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        pieces.map((text) => Buffer.from(text)),
      ),
      (raw) => {
        const bytes = Buffer.from(raw)
        expect(['intact', 'erased', 'newer', 'damaged']).toContain(readLine(bytes).state)
        const group = readGroup(bytes)
        if (typeof group !== 'string') expect(Array.isArray(group.group)).toBe(true)
      },
    ),
    { numRuns: 5000 },
  )
})

test('a line reads back as it was written, erased or not, whatever it says', () => {
  fc.assert(
    fc.property(anyText({ maxLength: 80 }), fc.jsonValue({ maxDepth: 2 }), (text, more) => {
      const body = { text, more }
      const { text: written } = stampLine({ ...user(text), body } as ReturnType<typeof user>, stamp(7))
      // Halves of a surrogate pair are no text that a file could hold.
      fc.pre(Buffer.from(written).toString() === written)
      const reading = readLine(Buffer.from(written))
      expect(reading).toMatchObject({ state: 'intact', text: written })
      expect(parseLine(written)).toMatchObject({ seq: 7, body: JSON.parse(JSON.stringify(body)) })
      expect(readLine(Buffer.from(eraseLine(written)))).toMatchObject({ state: 'erased', head: { seq: 7 } })
    }),
    { numRuns: 1000 },
  )
})
