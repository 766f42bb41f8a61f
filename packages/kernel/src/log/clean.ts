import { isSection, setKey } from '../config/path.ts'

/** Fields whose names say that somebody's words are in them. */
const words = /^(text|content|contents|body|prompt|input|output|transcript|delta)$/i
/** Fields whose names say that a secret is in them. */
const secret = /token|secret|passw|credential|api.?key|^key$|authorization|cookie/i

const deepest = 6
const mostChars = 2000
const mostEntries = 50

/** A text of at most some length, that stays on one line. */
export function cleanText(text: string): string {
  return text.length > mostChars ? `${text.slice(0, mostChars)}… (${text.length} characters)` : text
}

/**
 * Fields as a log may hold them: no message text, no secret by name, nothing endless. Secrets by value are masked in
 * the finished line.
 */
export function cleanFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return undefined
  if (value instanceof Error)
    return { message: cleanFields(value.message), ...('code' in value ? { code: String(value.code) } : {}) }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
  if (Array.isArray(value))
    return depth >= deepest
      ? `(${value.length} items)`
      : value.slice(0, mostEntries).map((item) => cleanFields(item, depth + 1))
  if (!isSection(value)) return value
  if (depth >= deepest) return '(more)'
  const cleaned = {}
  for (const [key, inner] of Object.entries(value).slice(0, mostEntries)) {
    if (secret.test(key) && typeof inner === 'string') setKey(cleaned, key, '***')
    else if (words.test(key) && inner !== undefined && inner !== null)
      setKey(cleaned, key, typeof inner === 'string' ? `(${inner.length} characters)` : '(left out)')
    else setKey(cleaned, key, cleanFields(inner, depth + 1))
  }
  return cleaned
}
