import fc from 'fast-check'
import JSON5 from 'json5'
import { expect, test } from 'vitest'
import { editText } from '../../src/config/edit.ts'
import { parsePath, formatPath } from '../../src/config/path.ts'
import { readConfig } from '../../src/config/read.ts'
import { composeSchema } from '../../src/config/schema.ts'
import { anyText } from '../anyText.ts'

const schema = composeSchema([])
const names = fc.constantFrom(
  'gateway',
  'agents',
  'main',
  'channels',
  'bindings',
  'tools',
  'dm',
  'auth',
  'allow',
  '__proto__',
)
const key = fc.oneof({ weight: 4, arbitrary: names }, { weight: 1, arbitrary: anyText({ maxLength: 8 }) })
/** Documents that look like a configuration, and are wrong in every way. */
const documents = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', 'pairing', '*', 'env:HOME', 'none', 'lan'),
    anyText({ maxLength: 12 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value
/** JSON5 that a person might leave behind: whole, cut, or with something put into it. */
const texts = fc
  .tuple(
    fc.oneof(
      documents.map((value) => JSON5.stringify(value, null, 2) ?? ''),
      documents.map((value) => JSON.stringify(value) ?? ''),
      anyText({ maxLength: 60 }),
    ),
    fc.nat(),
    fc.constantFrom('', '{', '}', '"', '//', '/*', ',', '\\', '\u0000', '[', "'", 'NaN', '\ufeff'),
  )
  .map(([text, at, put]) => {
    const place = text.length === 0 ? 0 : at % (text.length + 1)
    return at % 3 === 0 ? text : at % 3 === 1 ? text.slice(0, place) : text.slice(0, place) + put + text.slice(place)
  })

test('no text makes the config reader throw or change its mind, and what it cannot read stays closed', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const reading = readConfig(text, schema, [])
      expect(readConfig(text, schema, [])).toEqual(reading)
      if (reading.document === undefined) {
        expect(reading.problems.length).toBeGreaterThan(0)
        expect(reading.value).toEqual({})
        expect(reading.closed.size).toBeGreaterThan(0)
      }
      for (const { path, message } of reading.problems) {
        expect(typeof path).toBe('string')
        expect(message).not.toBe('')
      }
    }),
    { numRuns: 3000 },
  )
})

test('an edit of any readable text changes that key and keeps every other', () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, documents, { maxKeys: 4 }),
      key,
      fc.constantFrom(1, 'text', true),
      (document, name, value) => {
        fc.pre(name !== '' && name !== '__proto__' && !Object.hasOwn(document, '__proto__'))
        const text = JSON5.stringify(document, null, 2)
        const edited = JSON5.parse<Record<string, unknown>>(editText(text, [name], value))
        expect(edited).toEqual({ ...JSON5.parse<object>(text), [name]: value })
      },
    ),
    { numRuns: 500 },
  )
})

test('paths are read as they are written, and no text of one hangs or breaks the reader', () => {
  fc.assert(
    fc.property(fc.array(anyText({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path)
    }),
  )
  fc.assert(
    fc.property(anyText({ maxLength: 40 }), (text) => {
      try {
        parsePath(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_params' })
      }
    }),
  )
})
