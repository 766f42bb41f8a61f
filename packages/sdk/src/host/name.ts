import { failure } from '@openclaw/protocol'

/** File names end at 255 bytes on the file systems in use; something is left for what is put behind. */
const longest = 200

/**
 * Any text as the name of one file: `a-z 0-9 - _` stand for themselves, all else is percent-encoded, capitals too, as
 * some file systems do not tell them from small letters. No name is `.` or `..`, hidden, or leads elsewhere.
 *
 * @throws `invalid_params` for a text that is empty or too long to be a name.
 */
export function encodeName(text: string): string {
  const name = [...Buffer.from(text.toWellFormed())]
    .map((byte) =>
      /[a-z0-9_-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
  if (name === '' || name.length > longest)
    throw failure(
      'invalid_params',
      `"${text.slice(0, 40)}${text.length > 40 ? '…' : ''}" cannot be the name of a file: it is ${name === '' ? 'empty' : 'too long; use a digest of it'}`,
    )
  return name
}

/** What {@link encodeName} was given; undefined for a name that it did not write. */
export function decodeName(name: string): string | undefined {
  if (!/^(?:[a-z0-9_-]|%[0-9a-f]{2})+$/.test(name)) return undefined
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}
