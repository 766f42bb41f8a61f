import { failure } from '@openclaw/sdk'

/** One place of a file that changes. */
export interface Hunk {
  /** A line of the file after which to look, as after `@@`. */
  readonly after: string | undefined
  readonly lines: readonly { readonly kind: 'keep' | 'drop' | 'add'; readonly text: string }[]
  /** True when its last line is the last of the file. */
  readonly atEnd: boolean
}

/** What a patch does to one file. */
export type Change =
  | { readonly kind: 'add'; readonly path: string; readonly text: string }
  | { readonly kind: 'update'; readonly path: string; readonly to: string | undefined; readonly hunks: readonly Hunk[] }
  | { readonly kind: 'delete'; readonly path: string }

const kinds = { ' ': 'keep', '-': 'drop', '+': 'add' } as const
/** Models also write the numbers of a unified diff; they are often wrong, and never needed. */
const numbers = /^-\d+(?:,\d+)? \+\d+(?:,\d+)? @@ ?/

/**
 * Reads a patch between `*** Begin Patch` and `*** End Patch`, as models learn to write it
 * (https://cookbook.openai.com/examples/gpt4-1_prompting_guide#reference-implementation-apply_patchpy). Throws
 * `invalid_params` with the number of the line that is not of this format.
 */
export function parsePatch(patch: string): readonly Change[] {
  const lines = patch.trim().split(/\r?\n/)
  const wrong = (at: number, why: string) => failure('invalid_params', `line ${at + 1} of the patch: ${why}`)
  if (lines[0]?.trim() !== '*** Begin Patch') throw wrong(0, 'it must be *** Begin Patch')
  if (lines.at(-1)?.trim() !== '*** End Patch') throw wrong(lines.length - 1, 'the last line must be *** End Patch')
  const end = lines.length - 1
  const changes: Change[] = []
  for (let at = 1; at < end;) {
    const [, verb, name] = /^\*\*\* (Add|Update|Delete) File: (.+)$/.exec(lines[at]!) ?? []
    const path = name?.trim()
    if (!path) throw wrong(at, `"${lines[at]}" does not begin the change of a file, as *** Update File: path does`)
    const from = ++at
    while (at < end && !/^\*\*\* (?:Add|Update|Delete) File: /.test(lines[at]!)) at++
    const body = lines.slice(from, at)
    if (verb === 'Add') {
      const other = body.findIndex((line) => !line.startsWith('+'))
      if (other >= 0) throw wrong(from + other, `each line of the new file ${path} begins with +`)
      changes.push({ kind: 'add', path, text: body.map((line) => `${line.slice(1)}\n`).join('') })
    } else if (verb === 'Delete') {
      if (body.some((line) => line.trim() !== '')) throw wrong(from, `${path} is deleted, so no lines of it follow`)
      changes.push({ kind: 'delete', path })
    } else {
      const to = /^\*\*\* Move to: (.+)$/.exec(body[0] ?? '')?.[1]?.trim()
      const first = to ? 1 : 0
      const hunks = hunksOf(body.slice(first), path, (line, why) => wrong(from + first + line, why))
      if (hunks.length === 0 && !to) throw failure('invalid_params', `${path}: its update has no lines`)
      changes.push({ kind: 'update', path, to, hunks })
    }
  }
  if (changes.length === 0) throw wrong(0, 'the patch changes no file')
  return changes
}

function hunksOf(body: readonly string[], path: string, wrong: (line: number, why: string) => Error): Hunk[] {
  const hunks: { after: string | undefined; lines: Hunk['lines'][number][]; atEnd: boolean }[] = []
  for (const [at, line] of body.entries()) {
    if (line.startsWith('@@')) {
      const after = line.slice(2).trim().replace(numbers, '').replace(/^@@$/, '')
      hunks.push({ after: after || undefined, lines: [], atEnd: false })
      continue
    }
    if (hunks.length === 0) hunks.push({ after: undefined, lines: [], atEnd: false })
    const hunk = hunks.at(-1)!
    const kind = line === '' ? 'keep' : kinds[line[0] as keyof typeof kinds]
    if (line === '*** End of File') hunk.atEnd = true
    else if (kind && !hunk.atEnd) hunk.lines.push({ kind, text: line.slice(1) })
    else throw wrong(at, `a line in the update of ${path} begins with a space, - or +, or with @@ for the next place`)
  }
  for (const [at, { lines }] of hunks.entries())
    if (lines.every(({ kind }) => kind === 'keep'))
      throw failure('invalid_params', `${path}, hunk ${at + 1}: it changes nothing`)
  return hunks
}
