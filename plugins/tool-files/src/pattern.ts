import { failure } from '@openclaw/sdk'

/** Where in a pattern one may be after some names of a path; none when nothing below can match. */
export type State = ReadonlySet<number>

/** Paths by a pattern: `*`, `?`, `[a-z]` and `{a,b}` within a name, `**` for any number of folders. */
export interface Pattern {
  readonly start: State
  step(state: State, name: string): State
  /** True when the path that led here matches. */
  accepts(state: State): boolean
}

/** Folders that nobody means by a star: what tools made. They are entered when the pattern names them. */
const unmeant = new Set(['.git', 'node_modules', '.openclaw'])
const mostAlternatives = 100

type Name = { readonly literal: string | undefined; readonly signs: readonly Sign[] }
type Sign = 'any' | ((letter: string) => boolean)
type Part = Name | 'folders' | 'end'

/**
 * Reads a pattern relative to `root`, in which it may also begin. Matching takes time linear in the path, whatever the
 * pattern, and says of each folder whether it is worth entering. Throws `invalid_params` for what leads outside.
 */
export function parsePattern(pattern: string, root: string): Pattern {
  const parts = expand(pattern.startsWith(`${root}/`) ? pattern.slice(root.length + 1) : pattern).flatMap(partsOf)
  const from = (at: number): number[] => (parts[at] === 'folders' ? [at, ...from(at + 1)] : [at])
  const starts = parts.flatMap((_, at) => (at === 0 || parts[at - 1] === 'end' ? from(at) : []))
  return {
    start: new Set(starts),
    step: (state, name) =>
      new Set(
        [...state].flatMap((at) => {
          const part = parts[at]!
          if (part === 'end') return []
          if (part === 'folders') return unmeant.has(name) ? [] : from(at)
          return fits(part, name) ? from(at + 1) : []
        }),
      ),
    accepts: (state) => [...state].some((at) => parts[at] === 'end'),
  }
}

function partsOf(path: string): Part[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  if (path.startsWith('/') || names.includes('..'))
    throw failure('invalid_params', `${path}: a pattern is relative to the workspace and stays in it`)
  if (names.at(-1) === '**') names.push('*')
  const parts = names.map((name): Part => (name === '**' ? 'folders' : nameOf(name)))
  return [...parts.filter((part, at) => part !== 'folders' || parts[at - 1] !== 'folders'), 'end']
}

/** The alternatives of `{a,b}`, braces in braces too; a brace without a comma or its other half is a letter. */
function expand(pattern: string, found: string[] = []): string[] {
  const brace = findBrace(pattern)
  if (brace) for (const option of brace.options) expand(brace.before + option + brace.after, found)
  else found.push(pattern)
  if (found.length > mostAlternatives)
    throw failure('invalid_params', `the pattern has more than ${mostAlternatives} alternatives; ask in several calls`)
  return found
}

function findBrace(pattern: string): { before: string; options: string[]; after: string } | undefined {
  for (let open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
    const options: string[] = []
    let depth = 0
    let from = open + 1
    for (let at = open; at < pattern.length; at++) {
      if (pattern[at] === '{') depth++
      if (depth === 1 && (pattern[at] === ',' || pattern[at] === '}')) {
        options.push(pattern.slice(from, at))
        from = at + 1
      }
      if (pattern[at] === '}' && --depth === 0) {
        if (options.length > 1) return { before: pattern.slice(0, open), options, after: pattern.slice(at + 1) }
        break
      }
    }
  }
  return undefined
}

function nameOf(name: string): Name {
  const signs: Sign[] = []
  for (let at = 0; at < name.length; at++) {
    const letter = name[at]!
    const close = letter === '[' ? name.indexOf(']', at + 2) : -1
    if (letter === '*') signs.push('any')
    else if (letter === '?') signs.push(() => true)
    else if (close > 0) {
      signs.push(oneOf(name.slice(at + 1, close)))
      at = close
    } else signs.push((other) => other === letter)
  }
  return { literal: /[*?[]/.test(name) ? undefined : name, signs }
}

function oneOf(letters: string): (letter: string) => boolean {
  const not = /^[!^]/.test(letters)
  const ranges = [...letters.slice(not ? 1 : 0).matchAll(/(.)-(.)|(.)/gs)].map(
    ([, first, last, only]) => [first ?? only!, last ?? only!] as const,
  )
  return (letter) => ranges.some(([first, last]) => first <= letter && letter <= last) !== not
}

/** Goes back to the last star only: an earlier one never has to take more. */
function fits({ literal, signs }: Name, name: string): boolean {
  if (literal !== undefined || unmeant.has(name)) return literal === name
  let sign = 0
  let star = -1
  let taken = 0
  for (let at = 0; at < name.length;) {
    const wanted = signs[sign]
    if (wanted === 'any') {
      star = sign++
      taken = at
    } else if (wanted?.(name[at]!)) {
      sign++
      at++
    } else if (star >= 0) {
      sign = star + 1
      at = ++taken
    } else return false
  }
  return signs.slice(sign).every((rest) => rest === 'any')
}
