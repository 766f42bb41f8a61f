import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it } from 'vitest'
import { anyText } from '../anyText.ts'
import { editText } from '../../src/config/edit.ts'
import { isSection, setKey, valueAt, type Path } from '../../src/config/path.ts'
import { scanSpans, type Span } from '../../src/config/spans.ts'

/** What an edit means, on values. */
function setValue(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to
  if (Array.isArray(value)) {
    if (to === undefined && rest.length === 0) return value.filter((_, index) => String(index) !== key)
    return Object.assign([...value], { [key]: setValue(value[Number(key)], rest, to) })
  }
  const copy: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(isSection(value) ? value : {})) setKey(copy, name, inner)
  const inner = setValue(Object.hasOwn(copy, key) ? copy[key] : undefined, rest, to)
  if (inner === undefined) delete copy[key]
  else setKey(copy, key, inner)
  return copy
}

const keys = fc.oneof(
  fc.constantFrom('a', 'b', 'gateway', '$schema', 'my.bot', '__proto__', '0', '', 'ключ'),
  anyText({ maxLength: 5 }),
)
const json = fc.letrec<{ value: unknown; section: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1.5, 1e21),
    anyText({ maxLength: 6 }),
    tie('section'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  section: fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((entries) => {
    const section = {}
    for (const [key, value] of entries) setKey(section, key, value)
    return section
  }),
}))

/** Writes a value as a person might: any quotes, comments anywhere, trailing commas, odd line ends. Seeded, so that it shrinks. */
function scribble(value: unknown, seed: number): string {
  let state = seed | 1
  const pick = <T>(...choices: readonly T[]): T => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return choices[(state >> 8) % choices.length] as T
  }
  const gap = () =>
    pick('', '', '', ' ', '\n  ', '\r\n', '\t', ' // note, }\n', '/* : " ] */', '\n  // a: 1,\n  ', '\u00a0', '\u2028')
  const quoted = (text: string) => {
    const double = JSON.stringify(text)
    return pick(
      double,
      `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
      double.replace(/^"/, '"\\\n'),
    )
  }
  const write = (inner: unknown): string => {
    if (typeof inner === 'string') return quoted(inner)
    if (typeof inner === 'number') return pick(String(inner), inner >= 0 ? `+${inner}` : String(inner))
    if (typeof inner !== 'object' || inner === null) return String(inner)
    const list = Array.isArray(inner)
    const entries = list
      ? inner.map(write)
      : Object.entries(inner).map(
          ([key, item]) =>
            `${/^[a-z$]+$/.test(key) ? pick(key, quoted(key)) : quoted(key)}${gap()}:${gap()}${write(item)}`,
        )
    const body = entries
      .map((entry, index) => gap() + entry + gap() + (index < entries.length - 1 ? ',' : pick('', ',')))
      .join('')
    return (list ? '[' : '{') + body + gap() + (list ? ']' : '}')
  }
  return pick('', '\ufeff') + gap() + write(value) + gap()
}

/** Is every character of `inner` in `outer`, in order? */
function within(inner: string, outer: string): boolean {
  let at = 0
  for (const char of outer) if (inner.startsWith(char, at)) at += char.length
  return at === inner.length
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  const children =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))
      : []
  return path.length > 0 ? [path, ...children] : children
}

/** Where the value of a path stands. */
function spanOf(text: string, path: Path): Span {
  return path.reduce<Span>((span, key) => {
    const entry = span.entries?.filter((one, index) => (span.list ? String(index) === key : one.key === key)).at(-1)
    if (!entry) throw new Error(`nothing at ${path.join('.')}`)
    return entry.value
  }, scanSpans(text))
}

/** Does the path lead through sections, list positions that are there, or the next one of a list? */
function isSettable(value: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined || value === undefined) return true
  const inner = valueAt(value, [key])
  return Array.isArray(value)
    ? (inner !== undefined || key === String(value.length)) && isSettable(inner, rest)
    : isSection(value) && isSettable(inner, rest)
}

describe('editing one key', () => {
  it('means what setting it in the value means, and touches no other byte', () => {
    let [replaced, added, removed] = [0, 0, 0]
    fc.assert(
      fc.property(
        json.section,
        fc.integer(),
        fc.nat(),
        fc.option(json.value, { nil: undefined }),
        fc.array(keys, { minLength: 1, maxLength: 2 }),
        fc.boolean(),
        (document, seed, choice, to, extra, extend) => {
          const text = scribble(document, seed)
          const paths: Path[] = [[], ...pathsOf(document)]
          const chosen = paths[choice % paths.length] ?? []
          const below = valueAt(document, chosen)
          const path =
            chosen.length === 0 || (extend && isSection(below))
              ? [...chosen, ...extra]
              : extend && Array.isArray(below)
                ? [...chosen, String(below.length)]
                : chosen
          fc.pre(isSettable(document, path))
          const old = valueAt(document, path)
          const edited = editText(text, path, to)
          expect(JSON5.parse(edited)).toEqual(
            old === undefined && to === undefined ? document : setValue(document, path, to),
          )
          if (old === undefined) {
            added++
            expect(within(text, edited)).toBe(true)
          } else if (to === undefined) {
            removed++
            expect(within(edited, text)).toBe(true)
          } else {
            replaced++
            const { start, end } = spanOf(text, path)
            expect(edited.startsWith(text.slice(0, start)) && edited.endsWith(text.slice(end))).toBe(true)
          }
        },
      ),
      { numRuns: 1500 },
    )
    expect(Math.min(replaced, added, removed)).toBeGreaterThan(100)
  })

  it('keeps every comment', () => {
    const text = `// top
{
  // about the gateway
  gateway: { port: 1, /* inside */ bind: 'lan' }, // behind
  /* before */ logs: {
    level: 'info', // quiet
    // the end
  },
  // last words
}
`
    for (const [path, value] of [
      [['gateway', 'port'], 2],
      [['gateway', 'host'], 'x'],
      [['logs', 'level'], undefined],
      [['logs', 'maxMb'], 9],
      [['media'], { maxMb: 1 }],
      [['gateway'], undefined],
    ] as const) {
      const edited = editText(text, path, value)
      const comments = (source: string) =>
        source.match(/\/\/.*|\/\*.*?\*\//g)?.filter((comment) => comment !== '/* inside */')
      expect(comments(edited)).toEqual(comments(text))
    }
    expect(editText(text, ['gateway', 'port'], 2)).toBe(text.replace('port: 1', 'port: 2'))
    expect(JSON5.parse(editText(text, ['media'], { maxMb: 1 }))).toMatchObject({
      media: { maxMb: 1 },
      logs: { level: 'info' },
    })
  })

  it('writes as its neighbours are written', () => {
    expect(editText('{\n  "a": 1\n}\n', ['b', 'c'], [1, 'x'])).toBe(
      '{\n  "a": 1,\n  "b": {\n    "c": [1, "x"]\n  }\n}\n',
    )
    expect(editText('{\n\ta: 1, // one\n}', ['b'], 2)).toBe('{\n\ta: 1, // one\n\tb: 2,\n}')
    expect(editText('{ a: 1 }', ['b-c'], 2)).toBe('{ a: 1, "b-c": 2 }')
    expect(editText('{}', ['a'], 1)).toBe('{\n  "a": 1\n}')
    expect(editText('{\r\n  a: 1\r\n}', ['b'], 2)).toBe('{\r\n  a: 1,\r\n  b: 2\r\n}')
  })

  it('leaves strict JSON strict', () => {
    fc.assert(
      fc.property(
        json.section,
        fc.nat(),
        fc.constantFrom(undefined, 0, 2),
        fc.option(json.value, { nil: undefined }),
        (document, choice, indent, to) => {
          const paths = [['new'], ...pathsOf(document)]
          const path = paths[choice % paths.length] as Path
          expect(() => JSON.parse(editText(JSON.stringify(document, null, indent), path, to))).not.toThrow()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('changes the last of two keys of the same name, and removes both', () => {
    expect(editText('{ a: 1, a: 2, b: 3 }', ['a'], 4)).toBe('{ a: 1, a: 4, b: 3 }')
    expect(JSON5.parse(editText('{ a: 1, a: 2, b: 3 }', ['a'], undefined))).toEqual({ b: 3 })
  })

  it('refuses what it cannot do, and says what to do next', () => {
    expect(() => editText('{ a: 1 }', ['a', 'b'], 2)).toThrow(/a is no section.*set a first/)
    expect(() => editText('{ a: [1] }', ['a', '2'], 2)).toThrow(/list of 1; the next position is a\.1/)
    expect(() => editText('{ a: ', ['a'], 2)).toThrow(/cannot be read.*by hand/)
    expect(() => editText('{}', ['a'], () => 1)).toThrow(/cannot be written/)
  })
})
