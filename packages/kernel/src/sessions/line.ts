import { hash } from 'node:crypto'
import { journalVersion, type AnyLine, type Line, type LineDraft } from '@openclaw/protocol'

const bodyStart = ',"body":'
const erasedStart = ',"erased":"'
const sumStart = ',"sum":"'
const tailBytes = sumStart.length + 16 + 2
const digestBytes = 64

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
  if (parent !== undefined) head += `,"parent":"${parent}"`
  if (origin !== undefined) head += `,"origin":${JSON.stringify(origin)}`
  if (role !== undefined) head += `,"role":${JSON.stringify(role)}`
  if (trust !== undefined) head += `,"trust":${JSON.stringify(trust)}`
  const bodyText = JSON.stringify(body)
  const line = {
    v: journalVersion,
    id,
    seq,
    at,
    kind,
    ...(parent === undefined ? {} : { parent }),
    ...(origin === undefined ? {} : { origin }),
    ...(role === undefined ? {} : { role }),
    ...(trust === undefined ? {} : { trust }),
    body,
  } as Line
  return { line, text: `${head}${bodyStart}${bodyText}${sumStart}${sumOf(head, hash('sha256', bodyText))}"}` }
}

/** What the bytes of one line turned out to be. `newer` lines are kept as they are; their head is read where it can be. */
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
  readonly origin?: Line['origin']
}

/** Reads one line without its newline, and checks it against its sum. The body is not parsed. */
export function readLine(bytes: Buffer): Reading {
  const tail = bytes.length - tailBytes
  // Raw quotes stand outside of JSON strings only, so the first match is the line's own field, not something it quotes.
  const bodyAt = bytes.indexOf(bodyStart)
  const erasedAt = bodyAt < 0 ? bytes.indexOf(erasedStart) : -1
  const headBytes = bodyAt < 0 ? erasedAt : bodyAt
  const head = headBytes < 0 ? undefined : readHead(bytes, headBytes)
  const text = bytes.toString()
  if (!head || head.v > journalVersion) return readNewer(text)
  if (tail <= headBytes || bytes.toString('latin1', tail, tail + sumStart.length) !== sumStart) {
    return { state: 'damaged', reason: 'it has no checksum at its end' }
  }
  const digest =
    bodyAt < 0
      ? bytes.toString('latin1', erasedAt + erasedStart.length, erasedAt + erasedStart.length + digestBytes)
      : hash('sha256', bytes.subarray(bodyAt + bodyStart.length, tail))
  const sum = sumOf(bytes.toString('utf8', 0, headBytes), digest)
  if (bytes.toString('latin1', tail + sumStart.length) !== `${sum}"}`) {
    return { state: 'damaged', reason: 'it does not match its checksum' }
  }
  return { state: bodyAt < 0 ? 'erased' : 'intact', head, text }
}

/** Parses a line's text. */
export function parseLine(text: string): AnyLine {
  return withoutSum(JSON.parse(text) as AnyLine & { sum?: string })
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

function readHead(bytes: Buffer, length: number): LineFacts | undefined {
  return facts(`${bytes.toString('utf8', 0, length)}}`)
}

function readNewer(text: string): Reading {
  const head = facts(text)
  if (head && head.v > journalVersion) return { state: 'newer', head, text }
  return { state: 'damaged', reason: 'it is not a journal line' }
}

function facts(text: string): LineFacts | undefined {
  try {
    const value = JSON.parse(text) as Partial<LineFacts> | null
    if (typeof value !== 'object' || value === null) return undefined
    const { v, id, seq, at, kind } = value
    const whole = [v, seq, at].every((field) => Number.isSafeInteger(field)) && typeof id === 'string' && typeof kind === 'string'
    return whole ? (value as LineFacts) : undefined
  } catch {
    return undefined
  }
}

function withoutSum(line: AnyLine & { sum?: string }): AnyLine {
  const { sum: _, ...rest } = line
  return rest
}

function sumOf(head: string, digest: string): string {
  return hash('sha256', head + digest).slice(0, 16)
}
