import { hash } from 'node:crypto'
import { journalVersion, type AnyLine, type Line, type LineDraft } from '@openclaw/protocol'

const bodyStart = ',"body":'
const erasedStart = ',"erased":"'
const tailBytes = ',"sum":"0123456789abcdef"}'.length

/** What the store adds to a draft. */
export interface Stamp {
  readonly id: string
  readonly seq: number
  readonly at: number
  readonly parent: string | undefined
}

/** A line and its JSON text; throws what `JSON.stringify` throws at a body that is not JSON. */
export function stampLine(draft: LineDraft, stamp: Stamp): { line: Line; text: string } {
  const { kind, body, origin, role, trust } = draft
  const { id, seq, at, parent } = stamp
  let head = `{"v":${journalVersion},"id":"${id}","seq":${seq},"at":${at},"kind":"${kind}"`
  // Built field by field, in the order of the head: this is on the way of every message.
  const line: Record<string, unknown> = { v: journalVersion, id, seq, at, kind }
  if (parent !== undefined) {
    head += `,"parent":"${parent}"`
    line.parent = parent
  }
  if (origin !== undefined) {
    head += `,"origin":${JSON.stringify(origin)}`
    line.origin = origin
  }
  if (role !== undefined) {
    head += `,"role":${JSON.stringify(role)}`
    line.role = role
  }
  if (trust !== undefined) {
    head += `,"trust":${JSON.stringify(trust)}`
    line.trust = trust
  }
  line.body = body
  const bodyText = JSON.stringify(body)
  const text = `${head}${bodyStart}${bodyText}${tailOf(head, hash('sha256', bodyText))}`
  return { line: line as unknown as Line, text }
}

/** What the bytes of one line turned out to be. A `newer` line is of a version that is not known here. */
export type Reading =
  | { readonly state: 'intact' | 'erased' | 'newer'; readonly head: LineFacts; readonly text: string }
  | { readonly state: 'damaged'; readonly reason: string }

/** The fields of a head that reading a journal needs. */
export interface LineFacts {
  readonly v: number
  readonly id: string
  readonly seq: number
  readonly at: number
  readonly kind: string
  readonly role?: Line['role']
  readonly trust?: Line['trust']
  readonly origin?: Line['origin']
}

/**
 * Reads one line without its newline, and checks it against its sum. The body is not parsed. Lines of every version
 * prove themselves alike, so that a flipped bit in the version is not taken for the future.
 */
export function readLine(bytes: Buffer): Reading {
  const tail = bytes.length - tailBytes
  // Raw quotes stand outside of JSON strings only, so the first match is the line's own field, not something it quotes.
  const bodyAt = bytes.indexOf(bodyStart)
  const headBytes = bodyAt < 0 ? bytes.indexOf(erasedStart) : bodyAt
  if (headBytes < 0 || tail <= headBytes) return damaged('it is not a whole journal line')
  const headText = bytes.toString('utf8', 0, headBytes)
  const digest =
    bodyAt < 0
      ? bytes.toString('latin1', headBytes + erasedStart.length, tail - 1)
      : hash('sha256', bytes.subarray(bodyAt + bodyStart.length, tail))
  if (bytes.toString('latin1', tail) !== tailOf(headText, digest)) return damaged('it does not match its checksum')
  const head = readHead(headText)
  if (!head) return damaged('its head is not that of a journal line')
  const state = head.v > journalVersion ? 'newer' : bodyAt < 0 ? 'erased' : 'intact'
  return { state, head, text: bytes.toString() }
}

function damaged(reason: string): Reading {
  return { state: 'damaged', reason }
}

/** Parses a line's text. */
export function parseLine(text: string): AnyLine {
  return withoutSum(JSON.parse(text) as AnyLine & { sum?: string })
}

/** The text of an intact line without its sum, which is between us and the disk. */
export function textWithoutSum(text: string): string {
  return `${text.slice(0, -tailBytes)}}`
}

/** The same line with its body's digest in the place of the body; it verifies with the same sum. */
export function eraseLine(text: string): string {
  const bodyAt = text.indexOf(bodyStart)
  const tail = text.length - tailBytes
  if (bodyAt < 0 || tail <= bodyAt) return text
  const digest = hash('sha256', text.slice(bodyAt + bodyStart.length, tail))
  return `${text.slice(0, bodyAt)}${erasedStart}${digest}"${text.slice(tail)}`
}

/** What stands in place of bytes that no longer say what they were: visible, and still damage. */
export function eraseDamage(bytes: Buffer): string {
  return JSON.stringify({ damaged: hash('sha256', bytes) })
}

function readHead(text: string): LineFacts | undefined {
  try {
    const value = JSON.parse(`${text}}`) as Partial<LineFacts>
    const { v, id, seq, at, kind } = value
    const whole =
      [v, seq, at].every((field) => Number.isSafeInteger(field)) && typeof id === 'string' && typeof kind === 'string'
    return whole ? (value as LineFacts) : undefined
  } catch {
    return undefined
  }
}

function withoutSum(line: AnyLine & { sum?: string }): AnyLine {
  const { sum: _, ...rest } = line
  return rest
}

function tailOf(head: string, digest: string): string {
  return `,"sum":"${hash('sha256', head + digest).slice(0, 16)}"}`
}
