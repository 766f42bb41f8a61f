import { failure } from '@openclaw/protocol'
import { parsePath } from './path.ts'

/**
 * What an agent may change, key by key; `*` is any name. Nothing that says who comes in, what is run, where something
 * lies or is sent, what may be spent, or that deletes: that takes a person. Whole sections are not there either, as
 * they hold such keys.
 */
const open: readonly (readonly string[])[] = [
  ['agents', '*', 'name'],
  ['agents', '*', 'model'],
  ['agents', '*', 'fallbacks'],
  ['agents', '*', 'thinking'],
  ['agents', '*', 'queue'],
  ['channels', '*', 'preview'],
  ['channels', '*', 'blocks'],
  ['delivery', 'staleAfterMs'],
  ['logs', 'level'],
  ['media', 'maxFileMb'],
  ['sessions', 'cacheMb'],
]

/** Throws `forbidden` for a key that only a person may change. */
export function checkForAgents(path: string): void {
  const keys = parsePath(path)
  const fits = open.some((one) => one.length === keys.length && one.every((key, at) => key === '*' || key === keys[at]))
  if (fits) return
  const list = open.map((one) => one.join('.')).join(', ')
  throw failure('forbidden', `config: ${path} is changed by a person only; an agent may change ${list}`)
}
