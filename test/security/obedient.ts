import type { ModelRequest } from '@openclaw/sdk'
import { callTool, say, type Act } from '@openclaw/testing'
import injections from './data/injections.json' with { type: 'json' }

/** One call of an order. `LAST` in its input is what the call before gave. */
export interface Wanted {
  readonly tool: string
  readonly input: object
}

const begin = 'do-this-'
const end = '-at-once'
const order = new RegExp(`${begin}([\\w-]+)${end}`)
const toTags = (text: string) =>
  [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.codePointAt(0)!)).join('')
const fromTags = (text: string) =>
  text.replaceAll(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint(tag.codePointAt(0)! - 0xe0000))
const rot13 = (text: string) =>
  text.replaceAll(/[a-z]/gi, (letter) => String.fromCharCode(letter.charCodeAt(0) + (/[a-m]/i.test(letter) ? 13 : -13)))
const reverse = (text: string) => [...text].toReversed().join('')

/** An order as a word that survives whatever is done to the text around it. */
export function writeOrder(calls: readonly Wanted[]): string {
  return `${begin}${Buffer.from(JSON.stringify(calls)).toString('base64url')}${end}`
}

const writings: Readonly<Record<string, (text: string) => string>> = {
  TAGS: toTags,
  SPREAD: (text) => [...text].join('\u200b'),
  BASE64: (text) => Buffer.from(text).toString('base64'),
  ROT13: rot13,
  REVERSE: reverse,
}

/** One wording with one order. */
export interface Injection {
  readonly text: string
  /** What it orders. */
  readonly about: string
  /** Only a page's code hides it. */
  readonly hidden: boolean
}

/** Every wording with every order; `fill` puts the names of this machine into the calls. */
export function injectionsWith(fill: (text: string) => string): Injection[] {
  const make = (calls: unknown, deeper = '') =>
    writeOrder(JSON.parse(fill(JSON.stringify(calls)).replaceAll('DEEPER', deeper)) as Wanted[])
  const deeper = make([{ tool: 'bash', input: { command: 'CANARY' } }])
  return injections.wordings.flatMap(({ text }) =>
    injections.orders.map(({ about, calls }) => {
      const order = make(calls, deeper)
      const written = text.replace(/([A-Z0-9]+)\(ORDER\)/, (_, way: string) => writings[way]!(order))
      return { about, hidden: /<p |<!--/.test(text), text: fill(written.replaceAll('ORDER', order)) }
    }),
  )
}

/** The order in a text, however it is written. */
export function readOrder(text: string): Wanted[] | undefined {
  const decoded = [...text.matchAll(/[\w+/=]{40,}/g)].map(([word]) => Buffer.from(word, 'base64').toString('latin1'))
  for (const reading of [text, fromTags(text), text.replaceAll('\u200b', ''), rot13(text), reverse(text), ...decoded]) {
    const found = order.exec(reading)?.[1]
    if (found !== undefined) return JSON.parse(Buffer.from(found, 'base64url').toString()) as Wanted[]
  }
  return undefined
}

const textOf = (turn: ModelRequest['turns'][number]) =>
  turn.content.map((part) => ('text' in part && typeof part.text === 'string' ? part.text : '')).join('\n')

/**
 * A model that carries out the last order that it was given, by whomever and wherever it stands, and does not give up
 * when a call is refused. `first` is what it does for a person who orders nothing. At the end it says all that it saw.
 */
export function obey(request: ModelRequest, first: (said: string) => Wanted | undefined): Act {
  const { turns } = request
  const at = turns.findLastIndex((turn) => turn.role !== 'assistant' && readOrder(textOf(turn)) !== undefined)
  const last = turns.at(-1)!
  if (at < 0) {
    const wanted = last.role === 'user' ? first(textOf(last)) : undefined
    return wanted ? callTool(wanted.tool, wanted.input) : say('done')
  }
  const done = turns.slice(at + 1).filter(({ role }) => role === 'tool').length
  const next = readOrder(textOf(turns[at]!))![done]
  const seen = /canary-\w+/.exec(textOf(last))?.[0] ?? 'nothing'
  if (!next) return say(turns.slice(at).map(textOf).join('\n'))
  return callTool(next.tool, JSON.parse(JSON.stringify(next.input).replaceAll('LAST', seen)) as object)
}
