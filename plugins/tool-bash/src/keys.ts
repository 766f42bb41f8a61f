import { failure } from '@openclaw/sdk'

/** What a terminal sends for a key (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "PC-Style Function Keys"). */
const keys: Readonly<Record<string, string>> = {
  Enter: '\r',
  Tab: '\t',
  BTab: '\x1b[Z',
  Escape: '\x1b',
  Space: ' ',
  Backspace: '\x7f',
  Delete: '\x1b[3~',
  Up: '\x1b[A',
  Down: '\x1b[B',
  Right: '\x1b[C',
  Left: '\x1b[D',
  Home: '\x1b[H',
  End: '\x1b[F',
  PageUp: '\x1b[5~',
  PageDown: '\x1b[6~',
}

/**
 * What a terminal sends for keys by their names, between which there are spaces: `C-c`, `M-x`, `Up Up Enter`. A single
 * letter is itself. Throws `invalid_params` for a name that is none.
 */
export function typeKeys(names: string): string {
  return names.trim().split(/\s+/).map(typeKey).join('')
}

function typeKey(name: string): string {
  const known = Object.hasOwn(keys, name) ? keys[name] : undefined
  if (known !== undefined) return known
  if ([...name].length === 1) return name
  const control = /^C-([a-zA-Z@[\\\]^_])$/.exec(name)?.[1]
  if (control) return String.fromCharCode(control.toUpperCase().charCodeAt(0) - 0x40)
  if (/^M-./.test(name)) return `\x1b${typeKey(name.slice(2))}`
  throw failure(
    'invalid_params',
    `there is no key ${name}; there are ${Object.keys(keys).join(', ')}, C- and M- before a letter, and letters`,
  )
}
