import type { Attachment, Content, Failure, LineBody, LineKind, Usage, WireLine } from '@openclaw/protocol'
import type { Static } from 'typebox'

/** A journal line as `chat.history` and `session.line` bring it. */
export type JournalLine = Static<typeof WireLine>

/** The generation of lines that this page reads; newer ones are passed over. Tested against the protocol's own. */
export const readableVersion = 1

/**
 * The body of a line of one kind; undefined for other kinds, erased lines and newer versions. Its fields are as the
 * schema says or missing: a damaged body must not take the page down.
 */
export function bodyOf<K extends LineKind>(line: JournalLine, kind: K): Partial<LineBody<K>> | undefined {
  if (line.kind !== kind || line.v > readableVersion || line.erased !== undefined) return undefined
  return typeof line.body === 'object' && line.body !== null ? (line.body as Partial<LineBody<K>>) : undefined
}

/** A text, whatever stands there. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
}

/** A list, whatever stands there. */
export function asList<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
}

/** One line after another, each sequence once, in order. The same array comes back when nothing is new. */
export function mergeLines(known: readonly JournalLine[], more: readonly JournalLine[]): readonly JournalLine[] {
  const last = known.at(-1)?.seq ?? 0
  if (more.every((line, index) => line.seq > (more[index - 1]?.seq ?? last)))
    return more.length ? [...known, ...more] : known
  const bySequence = new Map([...known, ...more].map((line) => [line.seq, line]))
  return [...bySequence.values()].toSorted((a, b) => a.seq - b.seq)
}

export type { Attachment, Content, Failure, Usage }
