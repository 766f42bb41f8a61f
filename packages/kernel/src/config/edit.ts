import JSON5 from 'json5'
import { failure } from '@openclaw/protocol'
import { formatPath, type Path } from './path.ts'
import { scanSpans, type Entry, type Span } from './spans.ts'

/** Puts `insert` in the place of the bytes from `start` to `end`. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly insert: string
}

const newLine = /\r\n|[\n\r\u2028\u2029]/

/**
 * Changes one key of a JSON5 text and leaves every other byte as it is: comments, formatting, unknown keys, the order.
 * With `undefined` the key is removed. What is missing on the way is made; a list can be appended to, not skipped over.
 *
 * @throws `invalid_config` when the text cannot be read, `invalid_params` when the path leads through something else
 * than a section.
 */
export function editText(text: string, path: Path, value: unknown): string {
  const root = scanSpans(readable(text))
  const json = value === undefined ? undefined : JSON.stringify(value)
  if (value !== undefined && json === undefined)
    throw failure('invalid_params', `${formatPath(path)}: this value cannot be written as JSON`)

  let span = root
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1)
    const here = formatPath(path.slice(0, depth))
    if (!span.entries)
      throw failure(
        'invalid_params',
        `${here || 'the configuration'} is no section, so ${formatPath(path)} cannot stand in it; set ${here || 'it'} first`,
      )
    const found = entriesNamed(span, key)
    // Of a key that stands twice the last one counts, in every JSON reader.
    const last = found.at(-1)
    if (!last) {
      if (json === undefined) return text
      if (span.list && key !== String(span.entries.length))
        throw failure(
          'invalid_params',
          `${here} is a list of ${span.entries.length}; the next position is ${formatPath([...path.slice(0, depth), String(span.entries.length)])}`,
        )
      const nested = rest.reduceRight<string>((inner, name) => `{${JSON.stringify(name)}:${inner}}`, json)
      return apply(text, insertEntry(text, root, span, key, nested))
    }
    if (rest.length === 0) {
      if (json === undefined) return apply(text, removeEntries(text, span, found))
      return apply(text, [
        { start: last.value.start, end: last.value.end, insert: render(json, text, root, last.start) },
      ])
    }
    span = last.value
  }
  return text
}

function readable(text: string): string {
  try {
    JSON5.parse(text)
    return text
  } catch (error) {
    throw failure(
      'invalid_config',
      `the configuration cannot be read (${(error as Error).message}); correct it by hand first`,
      { cause: error },
    )
  }
}

function entriesNamed(span: Span, key: string): readonly Entry[] {
  const entries = span.entries ?? []
  return span.list ? entries.filter((_, index) => String(index) === key) : entries.filter((entry) => entry.key === key)
}

function insertEntry(text: string, root: Span, span: Span, key: string, json: string): readonly Splice[] {
  const entries = span.entries ?? []
  const last = entries.at(-1)
  const eol = newLine.exec(text)?.[0] ?? '\n'
  const name = span.list ? '' : `${writeKey(key, text, root)}: `

  if (!last) {
    const inside = text.slice(span.start + 1, span.end - 1)
    const outer = indentAt(text, span.start)
    const indent = outer + indentUnit(text, root)
    const entry = `${indent}${name}${render(json, text, root, span.start, indent)}${eol}`
    // Comments inside of an empty section keep their place before its first key.
    const tail = /(?:\r\n|[\n\r\u2028\u2029])([^\S\n\r\u2028\u2029]*)$/.exec(inside)
    const at = span.end - 1 - (tail ? (tail[1]?.length ?? 0) : 0)
    return [{ start: at, end: at, insert: tail ? entry : eol + entry + outer }]
  }

  const comma = { start: last.value.end, end: last.value.end, insert: ',' }
  const trailing = last.comma !== undefined
  const after = trailing ? (last.comma ?? 0) + 1 : last.value.end
  if (!newLine.test(text.slice(span.start, last.start))) {
    const entry = ` ${name}${render(json, text, root, last.start)}`
    return trailing ? [{ start: after, end: after, insert: `${entry},` }] : [{ ...comma, insert: `,${entry}` }]
  }
  const indent = indentAt(text, last.start)
  // What is said behind the last entry on its line is about that entry.
  const at =
    after +
    (/^(?:[^\S\n\r\u2028\u2029]|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/
      .exec(text.slice(after, span.end - 1))?.[0]
      .trimEnd().length ?? 0)
  const entry = `${eol}${indent}${name}${render(json, text, root, last.start, indent)}`
  return trailing ? [{ start: at, end: at, insert: `${entry},` }] : [comma, { start: at, end: at, insert: entry }]
}

function removeEntries(text: string, span: Span, found: readonly Entry[]): readonly Splice[] {
  const entries = span.entries ?? []
  const splices: Splice[] = []
  const kept = entries.filter((entry) => !found.includes(entry)).at(-1)
  for (const entry of found) {
    const commaNext = entry.comma === entry.value.end
    const end = entry.value.end + (commaNext ? 1 : 0)
    splices.push(wholeLine(text, entry.start, end))
    if (!commaNext && entry.comma !== undefined) splices.push({ start: entry.comma, end: entry.comma + 1, insert: '' })
  }
  // A comma that came between two entries must not become a trailing one: not every reader of the file takes those.
  if (kept?.comma !== undefined && entries.at(-1) !== kept && entries.at(-1)?.comma === undefined) {
    splices.push({ start: kept.comma, end: kept.comma + 1, insert: '' })
  }
  return splices
}

/** Takes the line too when nothing else stands on it, else the blanks before. */
function wholeLine(text: string, start: number, end: number): Splice {
  const before = /[^\S\n\r\u2028\u2029]*$/.exec(text.slice(0, start))?.[0].length ?? 0
  const lineBegins = start === before || /[\n\r\u2028\u2029]/.test(text.charAt(start - before - 1))
  const rest = /^[^\S\n\r\u2028\u2029]*(\r\n|[\n\r\u2028\u2029])/.exec(text.slice(end))
  if (lineBegins && rest) return { start: start - before, end: end + rest[0].length, insert: '' }
  return { start: lineBegins ? start : start - before, end, insert: '' }
}

/** From the end on, so that offsets hold; of two at the same place the first one stands first. */
function apply(text: string, splices: readonly Splice[]): string {
  return splices
    .toReversed()
    .toSorted((one, other) => other.start - one.start)
    .reduce((edited, { start, end, insert }) => edited.slice(0, start) + insert + edited.slice(end), text)
}

/** The blanks that begin the line on which `at` stands. */
function indentAt(text: string, at: number): string {
  const line =
    text
      .slice(0, at)
      .split(/[\n\r\u2028\u2029]/)
      .at(-1) ?? ''
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

function indentUnit(text: string, root: Span): string {
  const first = root.entries?.[0]
  return (first && newLine.test(text.slice(root.start, first.start)) && indentAt(text, first.start)) || '  '
}

/** Keys are quoted when the file's first one is, so that a file that is strict JSON stays so. */
function writeKey(key: string, text: string, root: Span): string {
  const first = root.entries?.[0]
  const bare = first !== undefined && !`"'`.includes(text.charAt(first.start))
  return bare && /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}

/** A value in the manner of the file; sections of more than a line are indented like the line they begin on. */
function render(json: string, text: string, root: Span, at: number, indent = indentAt(text, at)): string {
  const value = JSON.parse(json) as unknown
  if (typeof value !== 'object' || value === null) return json
  const write = (inner: unknown, prefix: string): string => {
    if (typeof inner !== 'object' || inner === null) return JSON.stringify(inner)
    const deeper = prefix + indentUnit(text, root)
    const eol = newLine.exec(text)?.[0] ?? '\n'
    const list = Array.isArray(inner)
    const entries = list
      ? inner.map((item) => write(item, deeper))
      : Object.entries(inner).map(([key, item]) => `${writeKey(key, text, root)}: ${write(item, deeper)}`)
    if (entries.length === 0) return list ? '[]' : '{}'
    const [open, close] = list ? '[]' : '{}'
    const simple =
      list && inner.every((item) => typeof item !== 'object' || item === null) && entries.join(', ').length < 80
    return simple
      ? `[${entries.join(', ')}]`
      : `${open}${eol}${entries.map((entry) => deeper + entry).join(`,${eol}`)}${eol}${prefix}${close}`
  }
  return write(value, indent)
}
