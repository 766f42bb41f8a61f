import { safeHref } from './link.ts'

/** A piece of a line of text. */
export type Inline =
  | { readonly type: 'text' | 'code'; readonly text: string }
  | { readonly type: 'strong' | 'emphasis' | 'strike'; readonly inline: readonly Inline[] }
  | { readonly type: 'link'; readonly href: string; readonly inline: readonly Inline[] }
  | { readonly type: 'break' }

/** A run of `*`, `_` or `~` that may open or close an emphasis, or a `[` that may open a link. */
interface Mark {
  readonly type: 'mark'
  readonly char: string
  count: number
  readonly opens: boolean
  readonly closes: boolean
}
type Token = Inline | Mark

/** Deeper emphasis is shown as it was written: it bounds what rendering has to recurse into. */
const maxDepth = 24
/** How many marks are looked at for a partner: it bounds the time for hostile text. */
const maxReach = 100
const maxHref = 2048
const escapable = /[!-/:-@[-`{-~]/
const punctuation = /[\p{P}\p{S}]/u

/**
 * Reads the inline part of CommonMark and GitHub's strikethrough and bare links. Never fails, takes time linear in the
 * text, and makes no node from HTML: tags are text.
 */
export function parseInline(text: string): readonly Inline[] {
  const tokens: Token[] = []
  const brackets: { at: number; image: boolean }[] = []
  const unclosedTicks = new Set<number>()
  let plain = ''
  let index = 0
  const flush = () => {
    if (plain) tokens.push({ type: 'text', text: plain })
    plain = ''
  }
  const put = (token: Token, length: number) => {
    flush()
    tokens.push(token)
    index += length
  }
  while (index < text.length) {
    const char = text[index] ?? ''
    const next = text[index + 1] ?? ''
    if (char === '\\' && next === '\n') put({ type: 'break' }, 2)
    else if (char === '\\' && escapable.test(next)) {
      plain += next
      index += 2
    } else if (char === '`') {
      const count = run(text, index)
      const end = unclosedTicks.has(count) ? -1 : closingTicks(text, index + count, count)
      if (end < 0) {
        unclosedTicks.add(count)
        plain += '`'.repeat(count)
        index += count
      } else put({ type: 'code', text: codeText(text.slice(index + count, end)) }, end + count - index)
    } else if (char === '*' || char === '_' || char === '~') {
      const count = run(text, index)
      put(mark(text, index, char, count), count)
    } else if (char === '[' || (char === '!' && next === '[')) {
      const length = char === '!' ? 2 : 1
      flush()
      brackets.push({ at: tokens.length, image: length === 2 })
      put({ type: 'text', text: text.slice(index, index + length) }, length)
    } else if (char === ']' && brackets.length > 0) {
      const open = brackets.pop()
      const target = next === '(' ? destination(text, index + 2) : undefined
      flush()
      if (open && target) {
        const inline = join(pair(tokens.splice(open.at).slice(1)))
        const href = safeHref(target.href)
        if (href)
          tokens.push({
            type: 'link',
            href,
            inline: withoutLinks(inline.length ? inline : [{ type: 'text', text: href }]),
          })
        else tokens.push(...inline)
        index = target.end
      } else {
        plain += ']'
        index += 1
      }
    } else if (char === '<') {
      const found = /^<([a-z][a-z0-9+.-]*:[^\s<>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>/i.exec(
        text.slice(index, index + maxHref),
      )
      const target = found?.[1] ?? ''
      const href = found && safeHref(target.includes(':') ? target : `mailto:${target}`)
      if (found && href) put({ type: 'link', href, inline: [{ type: 'text', text: target }] }, found[0].length)
      else {
        plain += char
        index += 1
      }
    } else if ((char === 'h' || char === 'H') && !/[\p{L}\p{N}]/u.test(text[index - 1] ?? '')) {
      const link = bareLink(text.slice(index, index + maxHref))
      if (link) put({ type: 'link', href: link.href, inline: [{ type: 'text', text: link.text }] }, link.text.length)
      else {
        plain += char
        index += 1
      }
    } else if (char === '\n' && plain.endsWith('  ')) {
      plain = plain.trimEnd()
      put({ type: 'break' }, 1)
    } else {
      plain += char
      index += 1
    }
  }
  flush()
  return join(pair(tokens))
}

function run(text: string, from: number): number {
  let end = from + 1
  while (text[end] === text[from]) end += 1
  return end - from
}

function closingTicks(text: string, from: number, count: number): number {
  for (let at = text.indexOf('`', from); at >= 0; at = text.indexOf('`', at)) {
    const found = run(text, at)
    if (found === count) return at
    at += found
  }
  return -1
}

function codeText(raw: string): string {
  const text = raw.replaceAll('\n', ' ')
  return text.length > 2 && text.startsWith(' ') && text.endsWith(' ') && text.trim() ? text.slice(1, -1) : text
}

/** Left- and right-flanking runs: https://spec.commonmark.org/0.31.2/#delimiter-run */
function mark(text: string, at: number, char: string, count: number): Token {
  if (char === '~' && count > 2) return { type: 'text', text: char.repeat(count) }
  const before = text[at - 1] ?? ' '
  const after = text[at + count] ?? ' '
  const left = !/\s/.test(after) && (!punctuation.test(after) || /\s/.test(before) || punctuation.test(before))
  const right = !/\s/.test(before) && (!punctuation.test(before) || /\s/.test(after) || punctuation.test(after))
  const word = char === '_'
  return {
    type: 'mark',
    char,
    count,
    opens: left && (!word || !right || punctuation.test(before)),
    closes: right && (!word || !left || punctuation.test(after)),
  }
}

/** Pairs the marks from the inside out; what finds no partner is text. */
function pair(tokens: readonly Token[]): Inline[] {
  const out: { token: Token; depth: number }[] = []
  const openers: number[] = []
  for (const token of tokens) {
    if (token.type !== 'mark') {
      out.push({ token, depth: token.type === 'link' ? maxDepth / 2 : 0 })
      continue
    }
    while (token.closes && token.count > 0) {
      const found = partner(out, openers, token)
      if (found < 0) break
      openers.splice(found + 1)
      const at = openers[found] ?? 0
      const opener = out[at]?.token as Mark
      const inner = out.splice(at + 1)
      const size = token.char === '~' ? token.count : Math.min(2, opener.count, token.count)
      const depth = inner.reduce((most, one) => Math.max(most, one.depth), 0) + 1
      opener.count -= size
      token.count -= size
      if (opener.count === 0) {
        out.pop()
        openers.pop()
      }
      const inline = join(inner.map((one) => plainToken(one.token)))
      if (depth > maxDepth) out.push({ token: { type: 'text', text: flatten(inline) }, depth: 0 })
      else
        out.push({ token: { type: token.char === '~' ? 'strike' : size === 2 ? 'strong' : 'emphasis', inline }, depth })
    }
    if (token.count === 0) continue
    if (token.opens) openers.push(out.length)
    out.push({ token, depth: 0 })
  }
  return out.map((one) => plainToken(one.token))
}

function partner(out: readonly { token: Token }[], openers: readonly number[], closer: Mark): number {
  for (let found = openers.length - 1; found >= Math.max(0, openers.length - maxReach); found -= 1) {
    const opener = out[openers[found] ?? 0]?.token
    if (opener?.type !== 'mark' || opener.char !== closer.char) continue
    if (closer.char === '~' ? opener.count === closer.count : fits(opener, closer)) return found
  }
  return -1
}

/** The rule of three: https://spec.commonmark.org/0.31.2/#can-open-emphasis */
function fits(opener: Mark, closer: Mark): boolean {
  if (!opener.closes && !closer.opens) return true
  return (opener.count + closer.count) % 3 !== 0 || (opener.count % 3 === 0 && closer.count % 3 === 0)
}

function plainToken(token: Token): Inline {
  return token.type === 'mark' ? { type: 'text', text: token.char.repeat(token.count) } : token
}

function join(inline: readonly Inline[]): Inline[] {
  const joined: Inline[] = []
  for (const one of inline) {
    const last = joined.at(-1)
    if (one.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { type: 'text', text: last.text + one.text }
    else joined.push(one)
  }
  return joined
}

/** The text of nodes without their markup. */
export function flatten(inline: readonly Inline[]): string {
  return inline.map((one) => ('inline' in one ? flatten(one.inline) : 'text' in one ? one.text : '\n')).join('')
}

/** A link inside a link would be two links to the browser: the inner ones become their text. */
function withoutLinks(inline: readonly Inline[]): Inline[] {
  return inline.flatMap((one) => {
    if (one.type === 'link') return [...one.inline]
    return 'inline' in one ? [{ ...one, inline: withoutLinks(one.inline) }] : [one]
  })
}

/** What stands in the parentheses of a link: an address, and a title that is not shown. */
function destination(text: string, from: number): { href: string; end: number } | undefined {
  const found =
    /^\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/.exec(
      text.slice(from, from + maxHref),
    )
  return found
    ? { href: (found[1] ?? found[2] ?? '').replace(/\\([!-/:-@[-`{-~])/g, '$1'), end: from + found[0].length }
    : undefined
}

/** A bare address, without the punctuation of the sentence around it. */
function bareLink(text: string): { href: string; text: string } | undefined {
  const found = /^https?:\/\/[^\s<>"'`*|\\^{}]+/i.exec(text)?.[0]
  if (!found) return undefined
  let end = found.length
  let extra = count(found, ')') - count(found, '(')
  while (end > 0) {
    const last = found[end - 1] ?? ''
    if (last === ')' && extra > 0) extra -= 1
    else if (!/[.,:;!?_~\]]/.test(last)) break
    end -= 1
  }
  const trimmed = found.slice(0, end)
  const href = safeHref(trimmed)
  return href ? { href, text: trimmed } : undefined
}

function count(text: string, char: string): number {
  return text.split(char).length - 1
}
