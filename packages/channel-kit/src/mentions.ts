/** A text without the mention of us, and whether there was one. */
export interface Mention {
  readonly mentioned: boolean
  readonly text: string
}

/**
 * Takes the mentions of us out of a text: all that matches the pattern, the space it leaves double, and the colon or
 * comma after one at the beginning. `<@U1>: are you there <@U1>?` becomes `are you there?`.
 */
export function takeMention(text: string, pattern: RegExp): Mention {
  const every = new RegExp(pattern.source, [...new Set([...pattern.flags, 'g'])].join(''))
  const found = [...text.matchAll(every)].filter(([match]) => match !== '')
  if (found.length === 0) return { mentioned: false, text }
  let taken = ''
  let at = 0
  const add = (part: string) => {
    if (taken.trim() === '') taken = at === 0 ? part : part.replace(/^\s*[:,]?\s*/u, '')
    else if (/^[\s.,;:!?]/u.test(part)) taken = taken.replace(/[^\S\n]+$/u, '') + part.replace(/^[^\S\n]+/u, ' ')
    else taken += part
  }
  for (const match of found) {
    add(text.slice(at, match.index))
    at = match.index + match[0].length
  }
  add(text.slice(at))
  return { mentioned: true, text: taken.trim() }
}

/** What may stand in a word or a nick, https://www.rfc-editor.org/rfc/rfc2812#section-2.3.1 and the letters of all scripts. */
const nickSign = String.raw`[\p{L}\p{N}\p{M}_\-\[\]\\\x60^{|}]`

/**
 * Matches how people address a nick: `nick: hi`, `nick, hi`, `hi @nick`, or the nick alone; in any case of letters, never
 * inside a word or another nick. A nick in the middle of a sentence talks about us, not to us.
 */
export function nickPattern(nick: string): RegExp {
  const name = nick.normalize('NFC').replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  const alone = String.raw`(?<![\s\S])\s*@?${name}\s*(?![\s\S])`
  const first = String.raw`(?<![\s\S])\s*${name}(?=\s*[:,])`
  const anywhere = `(?<!${nickSign}|[@.])@${name}(?!${nickSign})`
  return new RegExp(`${alone}|${first}|${anywhere}`, 'iu')
}
