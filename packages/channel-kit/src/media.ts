import { extname } from 'node:path'

/** What is told about a file by who sent it. */
export interface Claim {
  readonly name?: string | undefined
  /** The MIME type that the platform named. */
  readonly claimed?: string | undefined
}

/**
 * The MIME type of a file by its first bytes (4 KB are enough for nearly all), else as claimed, else by its name's ending.
 * Formats that are only wrapping, such as zip, give way to a claim. `application/octet-stream` when nothing is known.
 */
export async function sniff(head: Uint8Array, claim: Claim = {}): Promise<string> {
  // Loaded when the first file comes: most messages have none.
  const { fileTypeFromBuffer } = await import('file-type')
  return settle((await fileTypeFromBuffer(head).catch(() => undefined))?.mime, claim)
}

/** The same for a stream, which is read as far as needed and given back whole. */
export async function sniffStream(
  stream: ReadableStream<Uint8Array>,
  claim: Claim = {},
): Promise<{ mime: string; stream: ReadableStream<Uint8Array> }> {
  const reader = stream.getReader()
  const { head, ended } = await read(reader, enough)
  const mime = await sniff(head, claim)
  const whole = new ReadableStream<Uint8Array>({
    start(controller) {
      if (head.length > 0) controller.enqueue(head)
      if (ended) controller.close()
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { mime, stream: whole }
}

const enough = 4100

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  wanted: number,
): Promise<{ head: Uint8Array; ended: boolean }> {
  const chunks: Uint8Array[] = []
  let length = 0
  while (length < wanted) {
    const { done, value } = await reader.read()
    if (done) return { head: Buffer.concat(chunks), ended: true }
    chunks.push(value)
    length += value.length
  }
  return { head: Buffer.concat(chunks), ended: false }
}

const unknown = 'application/octet-stream'
const wrappings: readonly (string | undefined)[] = [
  undefined,
  'application/zip',
  'application/gzip',
  'application/x-cfb',
  'application/xml',
]

function settle(found: string | undefined, { name, claimed }: Claim): string {
  const told = claimed?.split(';')[0]?.trim().toLowerCase()
  const claim = told && /^[\w.+-]+\/[\w.+-]+$/.test(told) && told !== unknown ? told : undefined
  if (!wrappings.includes(found)) return found!
  return (
    claim ??
    byEnding[
      extname(name ?? '')
        .slice(1)
        .toLowerCase()
    ] ??
    found ??
    unknown
  )
}

/** Formats of text, which have no first bytes of their own. */
const byEnding: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  htm: 'text/html',
  html: 'text/html',
  ics: 'text/calendar',
  js: 'text/javascript',
  json: 'application/json',
  log: 'text/plain',
  md: 'text/markdown',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  vcf: 'text/vcard',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
}
