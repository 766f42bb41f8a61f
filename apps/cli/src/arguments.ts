import { parseArgs } from 'node:util'
import { failure } from '@openclaw/protocol'
import { exits } from './exits.ts'
import type { AnyCommand, Argument, Option } from './command.ts'

/** Options that every command takes. */
export const common = {
  home: { type: 'text', value: 'DIR', about: 'Where everything is kept, in place of $OPENCLAW_HOME or ~/.openclaw' },
  json: { type: 'boolean', about: 'Answer with one JSON value on stdout' },
  help: { type: 'boolean', short: 'h', about: 'Show this help' },
} as const satisfies Record<string, Option>

/** What a person typed, told apart and checked. */
export type Values = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** An error that sends to the help of a command; exit code 2. */
export function usage(message: string): Error {
  return Object.assign(failure('invalid_params', message), { exit: exits.usage[0] })
}

/** Reads options and words of a command; throws {@link usage} at the first that does not fit, naming the option. */
export function readArguments(command: AnyCommand, words: readonly string[], help: string): Values {
  const known: Readonly<Record<string, Option>> = { ...command.options, ...common }
  const { tokens, values, positionals } = parse(known, words)
  const fail = (message: string) => usage(`${message} ${help} shows what it takes.`)
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined
    if (!option) throw fail(`There is no option ${token.rawName}.${near(token.name, Object.keys(known), '--')}`)
    if (option.type === 'boolean' && token.value !== undefined)
      throw fail(`The option ${token.rawName} takes no value.`)
    if (option.type !== 'boolean' && token.value === undefined) throw fail(`The option ${token.rawName} needs a value.`)
  }
  const read: Record<string, Values[string]> = {}
  for (const [name, option] of Object.entries(known)) read[name] = value(name, option, values[name], fail)
  if (read['help'] === true) return read
  return Object.assign(read, place(command.takes ?? {}, positionals.map(bare), fail))
}

function parse(known: Readonly<Record<string, Option>>, words: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, option]) => [
      name,
      {
        type: option.type === 'boolean' ? ('boolean' as const) : ('string' as const),
        multiple: option.type === 'list',
        ...(option.short ? { short: option.short } : {}),
      },
    ]),
  )
  return parseArgs({ args: words.map(shield), options, strict: false, allowPositionals: true, tokens: true })
}

/** No option is a digit: a word like -1001 is a word, e.g. the id of a group. */
const shield = (word: string) => (/^-\d/.test(word) ? `\0${word}` : word)
const bare = (word: string) => word.replace(/^\0/, '')

function value(name: string, option: Option, typed: unknown, fail: (message: string) => Error): Values[string] {
  if (option.type === 'boolean') return typed === true
  if (option.type === 'list') return Array.isArray(typed) ? typed.map((one) => bare(String(one))) : []
  if (typeof typed !== 'string') return undefined
  const given = bare(typed)
  if (option.choices && !option.choices.includes(given))
    throw fail(`--${name} is one of ${option.choices.join(', ')}, not "${given}".`)
  if (option.type === 'text') return given
  const number = Number(given)
  if (given.trim() === '' || !Number.isFinite(number)) throw fail(`--${name} is a number, not "${given}".`)
  return number
}

function place(
  takes: Readonly<Record<string, Argument>>,
  words: readonly string[],
  fail: (message: string) => Error,
): Record<string, string | readonly string[]> {
  const placed: Record<string, string | readonly string[]> = {}
  let at = 0
  for (const [name, argument] of Object.entries(takes)) {
    if (argument.rest) {
      placed[name] = words.slice(at)
      if (!argument.optional && words.length <= at)
        throw fail(
          `${name.toUpperCase()} is missing: ${argument.about.charAt(0).toLowerCase()}${argument.about.slice(1)}.`,
        )
      at = words.length
      continue
    }
    const word = words[at]
    if (word === undefined) {
      if (argument.optional) continue
      throw fail(
        `${name.toUpperCase()} is missing: ${argument.about.charAt(0).toLowerCase()}${argument.about.slice(1)}.`,
      )
    }
    placed[name] = word
    at++
  }
  if (at < words.length) throw fail(`"${words[at]}" is one word too many.`)
  return placed
}

/** ` Did you mean …?` when one of the known names is close; else nothing. */
export function near(word: string, known: readonly string[], before = ''): string {
  const best = known.map((name) => ({ name, steps: distance(word, name) })).sort((a, b) => a.steps - b.steps)[0]
  return best && best.steps <= Math.max(1, Math.ceil(word.length / 3)) ? ` Did you mean ${before}${best.name}?` : ''
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
