import { describe, schemaOfKey, type JsonSchema } from './json-schema.ts'

/** The word that was probably meant: other letter case, or few slips away. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    const slips =
      candidate.toLowerCase() === word.toLowerCase() ? 0 : distance(word.toLowerCase(), candidate.toLowerCase(), least)
    if (slips < least) [best, least] = [candidate, slips]
  }
  return best
}

/** Slips (a letter more, less, other, or two swapped) between two words, as far as `limit`. */
function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) >= limit) return limit
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        slips = Math.min(slips, (before[j - 2] ?? 0) + 1)
      row.push(slips)
    }
    before = last
    last = row
  }
  return last[other.length] ?? limit
}

/** What to write in the place of an unknown key: a neighbour, or a key further in (`dmPolicy` for `dm.policy`). */
export function suggestKey(schema: JsonSchema, key: string): string | undefined {
  const keys = Object.keys(schema.properties ?? {})
  const inner = keys.flatMap((outer) =>
    Object.keys(schema.properties?.[outer]?.properties ?? {}).map((name) => `${outer}.${name}`),
  )
  const bare = (text: string) => text.replaceAll(/[._-]/g, '').toLowerCase()
  const meant =
    inner.find((path) => bare(path) === bare(key)) ??
    inner.find((path) => path.endsWith(`.${key}`)) ??
    nearest(key, keys)
  if (meant !== undefined) return `did you mean ${meant}?`
  return keys.length > 0 && keys.length <= 12 ? `known here: ${keys.join(', ')}` : undefined
}

/** What to write in the place of a value that does not fit. */
export function suggestValue(schema: JsonSchema, value: unknown): string | undefined {
  const choices = (schema.anyOf ?? schema.oneOf ?? [schema]).flatMap(
    (one) => one.enum ?? ('const' in one ? [one.const] : []),
  )
  if (typeof value === 'string') {
    const word = nearest(
      value,
      choices.filter((one) => typeof one === 'string'),
    )
    if (word !== undefined) return `did you mean ${JSON.stringify(word)}?`
    const numeric = schema.type === 'integer' || schema.type === 'number'
    if (
      (numeric && value.trim() !== '' && Number.isFinite(Number(value))) ||
      (schema.type === 'boolean' && (value === 'true' || value === 'false'))
    )
      return `write ${value.trim()} without quotes`
    if (schema.type === 'array') return `write [${JSON.stringify(value)}]`
  }
  if ((typeof value === 'number' || typeof value === 'boolean') && schema.type === 'string')
    return schema.secret ? 'write it in quotes' : `write "${value}", in quotes`
  return 'default' in schema ? `write ${JSON.stringify(schema.default)}, or leave the key out` : undefined
}

/** What a missing key must hold. */
export function suggestMissing(schema: JsonSchema, key: string): string {
  return `add ${key}: ${describe(schemaOfKey(schema, key) ?? {})}`
}
