import { refuse } from './refusal.ts'
import type { TelegramEntity } from './types.ts'

/** A text with what is marked in it; offsets count UTF-16 units. */
export interface Formatted {
  readonly text: string
  readonly entities: readonly TelegramEntity[]
}

/** Tags that the HTML style knows (https://core.telegram.org/bots/api#html-style), and what they mean. */
const kinds: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  a: 'text_link',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

interface Open {
  readonly tag: string
  readonly offset: number
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Reads a text of `parse_mode: "HTML"` with the words of refusal of Telegram's own parser (`parse_html` in
 * https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp).
 */
export function parseHtml(html: string): Formatted {
  const entities: TelegramEntity[] = []
  const open: Open[] = []
  let text = ''
  const broken = (why: string) => refuse(400, `Bad Request: can't parse entities: ${why}`)
  const bytesTo = (at: number) => Buffer.byteLength(html.slice(0, at))

  for (let at = 0; at < html.length;) {
    if (html[at] === '&') {
      const [whole, sign] = decode(html.slice(at, at + 12))
      text += sign
      at += whole
      continue
    }
    if (html[at] !== '<') {
      text += html[at++]
      continue
    }
    const end = html.indexOf('>', at)
    const closing = html[at + 1] === '/'
    if (closing && open.length === 0) throw broken(`Unexpected end tag at byte offset ${bytesTo(at)}`)
    if (end < 0) throw broken(`Unclosed ${closing ? 'end' : 'start'} tag at byte offset ${bytesTo(at)}`)
    const inside = html.slice(at + (closing ? 2 : 1), end)
    const tag = (/^\S*/.exec(inside)?.[0] ?? '').toLowerCase()
    if (closing) {
      const opened = open.pop()!
      if (tag && tag !== opened.tag)
        throw broken(`Unmatched end tag at byte offset ${bytesTo(at)}, expected "</${opened.tag}>", found "</${tag}>"`)
      close(opened)
    } else {
      if (!Object.hasOwn(kinds, tag)) throw broken(`Unsupported start tag "${tag}" at byte offset ${bytesTo(at)}`)
      const attributes = attributesOf(inside.slice(tag.length))
      if (tag === 'span' && attributes['class'] !== 'tg-spoiler')
        throw broken(`Tag "span" must have class "tg-spoiler" at byte offset ${bytesTo(at)}`)
      open.push({ tag, offset: text.length, attributes })
    }
    at = end + 1
  }
  const left = open.pop()
  if (left) throw broken(`Can't find end tag corresponding to start tag "${left.tag}"`)
  return trim({ text, entities: entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length) })

  function close({ tag, offset, attributes }: Open) {
    const length = text.length - offset
    if (length === 0) return
    const inner = entities.at(-1)
    // A <code class="language-…"> that fills its <pre> only names the language.
    if (tag === 'pre' && inner?.type === 'code' && inner.offset === offset && inner.length === length) {
      entities[entities.length - 1] = { ...inner, type: 'pre' }
      return
    }
    const language = tag === 'code' ? /^language-(.+)$/.exec(attributes['class'] ?? '')?.[1] : undefined
    const url = tag === 'a' ? (attributes['href'] ?? text.slice(offset)) : undefined
    entities.push({
      type: kinds[tag]!,
      offset,
      length,
      ...(url === undefined ? {} : { url }),
      ...(language === undefined ? {} : { language }),
    })
  }
}

/** The sign that a reference at the beginning stands for, and the length of the reference; unknown ones stay as they are. */
function decode(text: string): readonly [number, string] {
  const found = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));?/i.exec(text)
  if (!found) return [1, '&']
  const [whole, decimal, hex, name] = found
  const code = decimal ? Number.parseInt(decimal) : hex ? Number.parseInt(hex, 16) : undefined
  const sign =
    code === undefined ? named[name!.toLowerCase()] : code > 0x10ffff ? undefined : String.fromCodePoint(code)
  return sign === undefined ? [1, '&'] : [whole.length, sign]
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name, double, single, bare] of text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g))
    found[name!.toLowerCase()] = (double ?? single ?? bare ?? '').replaceAll(
      /&(lt|gt|amp|quot);/g,
      (_, sign: string) => named[sign]!,
    )
  return found
}

/** Telegram takes white space off both ends of a text, and empty entities with it. */
function trim({ text, entities }: Formatted): Formatted {
  const start = text.length - text.trimStart().length
  const trimmed = text.trim()
  return {
    text: trimmed,
    entities: entities.flatMap((entity) => {
      const from = Math.max(0, entity.offset - start)
      const to = Math.min(trimmed.length, entity.offset + entity.length - start)
      return to > from ? [{ ...entity, offset: from, length: to - from }] : []
    }),
  }
}

/** A text without markup. */
export function plain(text: string): Formatted {
  return trim({ text, entities: [] })
}

/** What Telegram finds by itself in what people type, as far as bots need it: commands and mentions. */
export function findEntities(text: string): TelegramEntity[] {
  const found = text.matchAll(/(?<![\w/@])(?:\/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?|@\w{3,32})(?!\w)/g)
  return [...found].map(({ 0: word, index }) => ({
    type: word.startsWith('/') ? 'bot_command' : 'mention',
    offset: index,
    length: word.length,
  }))
}
