import type { IncomingMessage } from 'node:http'
import { refuse } from './refusal.ts'

/** A file that came with a request. */
export interface Upload {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The parameters of a call, which may come as JSON, as a form, as a query or as multipart. */
export interface Params {
  text(name: string): string | undefined
  integer(name: string): number | undefined
  flag(name: string): boolean
  /** An object or a list, itself or as JSON. */
  json<T>(name: string): T | undefined
  /** A file under this name, or the one that an `attach://` names. */
  upload(name: string): Upload | undefined
  /** The same call with other fields, and the same files. */
  with(fields: object): Params
}

/** Reads the whole request (https://core.telegram.org/bots/api#making-requests). */
export async function readParams(request: IncomingMessage, url: URL): Promise<Params> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const body = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  const fields: Record<string, unknown> = Object.fromEntries(url.searchParams)
  const uploads = new Map<string, Upload>()
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(type)?.[1]
  if (boundary) {
    for (const { name, filename, bytes } of partsOf(body, boundary)) {
      if (filename === undefined) fields[name] = bytes.toString()
      else uploads.set(name, { name: filename, bytes })
    }
  } else if (type.startsWith('application/x-www-form-urlencoded')) {
    Object.assign(fields, Object.fromEntries(new URLSearchParams(body.toString())))
  } else if (body.length > 0) {
    Object.assign(fields, parse(body.toString()))
  }
  return paramsOf(fields, uploads)
}

function paramsOf(given: object, uploads: ReadonlyMap<string, Upload>): Params {
  const fields = given as Readonly<Record<string, unknown>>
  const text = (name: string) => {
    const value = fields[name]
    return typeof value === 'string' ? value : value == null ? undefined : JSON.stringify(value)
  }
  return {
    text,
    integer(name) {
      const value = Number.parseInt(text(name) ?? '')
      return Number.isNaN(value) ? undefined : value
    },
    flag: (name) => text(name) === 'true' || text(name) === 'True' || text(name) === '1',
    json<T>(name: string) {
      const value = fields[name]
      return (typeof value === 'string' ? parse(value) : (value ?? undefined)) as T | undefined
    },
    upload: (name) => uploads.get(text(name)?.replace(/^attach:\/\//, '') ?? name) ?? uploads.get(name),
    with: (other) => paramsOf(other, uploads),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refuse(400, "Bad Request: can't parse JSON object")
  }
}

interface Part {
  readonly name: string
  readonly filename?: string
  readonly bytes: Buffer
}

/** Parts of a multipart body (RFC 7578). File names may stand without quotes, as some libraries write them. */
function partsOf(body: Buffer, boundary: string): Part[] {
  const mark = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  for (let at = body.indexOf(mark); at >= 0;) {
    const next = body.indexOf(mark, at + mark.length)
    if (next < 0) break
    const head = body.indexOf('\r\n\r\n', at)
    const headers = body.subarray(at + mark.length, head).toString()
    const name = /[; ]name="?([^";\r\n]+)/i.exec(headers)?.[1]
    const filename = /filename="?([^";\r\n]+)/i.exec(headers)?.[1]
    // The line break before the next mark belongs to the mark.
    const bytes = body.subarray(head + 4, next - 2)
    if (name && head < next) parts.push({ name, bytes, ...(filename === undefined ? {} : { filename }) })
    at = next
  }
  return parts
}
