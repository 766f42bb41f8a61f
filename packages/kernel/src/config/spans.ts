import JSON5 from 'json5'

/** Where a value stands in a text: from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
  /** The members of an object or the items of a list, in order; absent for other values. */
  readonly entries?: readonly Entry[]
  readonly list?: boolean
}

/** A member or an item with the comma that follows it. */
export interface Entry {
  /** Absent for items of a list. */
  readonly key?: string
  /** Where the key begins; for an item where the value does. */
  readonly start: number
  readonly value: Span
  /** Offset of the comma after it. */
  readonly comma?: number
}

const trivia = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/y
const scalar = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[^\s,:\]}/]+/y

/** Past white space and comments. */
export function skipTrivia(text: string, at: number): number {
  trivia.lastIndex = at
  trivia.test(text)
  return trivia.lastIndex
}

/**
 * Finds where every value of a JSON5 document stands. The text must be one that `JSON5.parse` reads: nothing is
 * checked here a second time. (https://spec.json5.org)
 */
export function scanSpans(text: string): Span {
  let at = 0
  const skip = () => (at = skipTrivia(text, at))
  const token = (): Span => {
    scalar.lastIndex = at
    scalar.test(text)
    const span = { start: at, end: scalar.lastIndex }
    at = span.end
    return span
  }

  const value = (): Span => {
    const open = text[at]
    if (open !== '{' && open !== '[') return token()
    const start = at++
    const list = open === '['
    const entries: Entry[] = []
    for (skip(); text[at] !== (list ? ']' : '}'); skip()) {
      const from = at
      let key: string | undefined
      if (!list) {
        token()
        key = keyOf(text.slice(from, at))
        skip()
        at++ // the colon
        skip()
      }
      const inner = value()
      skip()
      const comma = text[at] === ',' ? at++ : undefined
      entries.push({
        start: from,
        value: inner,
        ...(key === undefined ? {} : { key }),
        ...(comma === undefined ? {} : { comma }),
      })
    }
    return { start, end: ++at, entries, list }
  }

  skip()
  return value()
}

/** Keys are strings or identifiers, both with escapes: the parser knows them. */
function keyOf(source: string): string {
  // Nearly every key is one of these two; a parser for each key of a large file would cost more than reading it.
  if (/^[A-Za-z_$][\w$]*$/.test(source)) return source
  if (/^(["'])[^"'\\]*\1$/.test(source)) return source.slice(1, -1)
  return Object.keys(JSON5.parse<object>(`{${source}:0}`))[0] ?? ''
}
