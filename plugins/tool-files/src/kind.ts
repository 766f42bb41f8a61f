const images: readonly (readonly [mime: string, starts: (bytes: Uint8Array) => boolean])[] = [
  ['image/png', (bytes) => says(bytes, 0, '\x89PNG\r\n\x1a\n')],
  ['image/jpeg', (bytes) => says(bytes, 0, '\xff\xd8\xff')],
  ['image/gif', (bytes) => says(bytes, 0, 'GIF8')],
  ['image/webp', (bytes) => says(bytes, 0, 'RIFF') && says(bytes, 8, 'WEBP')],
]

/** The type of an image that models can see, by its first bytes; names lie. */
export function imageType(start: Uint8Array): string | undefined {
  return images.find(([, starts]) => starts(start))?.[0]
}

/** Types by the ends of names, for what people send each other (https://www.iana.org/assignments/media-types). */
const endings: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  json: 'application/json',
  zip: 'application/zip',
  csv: 'text/csv',
  html: 'text/html',
  md: 'text/markdown',
  svg: 'image/svg+xml',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
}

/** The type of a file: of an image by its bytes, else by its name, else text or bytes. */
export function mimeOf(path: string, bytes: Uint8Array): string {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  return (
    imageType(bytes) ?? endings[ending] ?? (isText(bytes.subarray(0, 8192)) ? 'text/plain' : 'application/octet-stream')
  )
}

/** Text has no zero byte and is UTF-8, except perhaps for a letter that the end of the piece cut in two. */
export function isText(start: Uint8Array): boolean {
  if (start.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true })
    return true
  } catch {
    return false
  }
}

function says(bytes: Uint8Array, at: number, letters: string): boolean {
  return [...letters].every((letter, index) => bytes[at + index] === letter.charCodeAt(0))
}
