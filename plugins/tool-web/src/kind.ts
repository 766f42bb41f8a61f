/** What a body is: a page to be read, text to be shown, a file that models can see, or something else. */
export interface Kind {
  readonly is: 'page' | 'text' | 'file' | 'other'
  readonly mime: string
}

const seen: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf']
const pages: readonly string[] = ['text/html', 'application/xhtml+xml']
const texts = /^text\/|[/+](?:json|xml|yaml|javascript|ecmascript|x-ndjson|toml|x-sh)$/

/** Tells it by the type, and by the bytes where there is none or where it says nothing. */
export function kindOf(type: string, bytes: Uint8Array): Kind {
  const mime = type.split(';')[0]!.trim().toLowerCase()
  if (mime === '' || mime === 'application/octet-stream' || mime === 'binary/octet-stream') return byBytes(bytes, mime)
  if (pages.includes(mime)) return { is: 'page', mime }
  if (seen.includes(mime)) return { is: 'file', mime }
  return { is: texts.test(mime) ? 'text' : 'other', mime }
}

function byBytes(bytes: Uint8Array, mime: string): Kind {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 512))
  if (start.startsWith('%PDF-')) return { is: 'file', mime: 'application/pdf' }
  if (start.startsWith('\x89PNG\r\n')) return { is: 'file', mime: 'image/png' }
  if (start.startsWith('\xff\xd8\xff')) return { is: 'file', mime: 'image/jpeg' }
  if (start.includes('\0')) return { is: 'other', mime: mime || 'application/octet-stream' }
  return /^\s*<(?:!doctype html|html)/i.test(start)
    ? { is: 'page', mime: 'text/html' }
    : { is: 'text', mime: 'text/plain' }
}
