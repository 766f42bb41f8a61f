import { defineTool, failure, type ToolCall } from '@openclaw/sdk'
import Type from 'typebox'
import { parsePattern } from './pattern.ts'
import { searchFile, type Look, type Shown } from './search.ts'
import { isClosed, walk, type Found } from './walk.ts'
import { within } from './within.ts'

const mostHits = 200
const mostBytes = 500_000_000
const longestLine = 300
/** For 256 KiB of text, which ordinary expressions go through in a few milliseconds. The process stands still meanwhile. */
const lookMs = 1000

/** Finds text in files. */
export function grep(maxOutput: number) {
  return defineTool({
    name: 'grep',
    description: 'Search file contents with a JavaScript regular expression, line by line.',
    input: Type.Object(
      {
        pattern: Type.String({ minLength: 1 }),
        path: Type.Optional(Type.String({ description: 'File or folder.' })),
        include: Type.Optional(Type.String({ maxLength: 1000, description: 'Only such files, e.g. *.ts.' })),
        literal: Type.Optional(Type.Boolean()),
        ignoreCase: Type.Optional(Type.Boolean()),
        context: Type.Optional(Type.Integer({ minimum: 0, maximum: 20, description: 'Lines around each match.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'read',
    subject: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
    async run({ pattern, path = '.', include = '**', literal = false, ignoreCase = false, context = 0 }, call) {
      const look = lookFor(literal ? escape(pattern) : pattern, ignoreCase)
      const shown = showHits(maxOutput, context > 0)
      let bytes = 0
      let note = ''
      for await (const found of filesOf(path, include, call)) {
        if ('stopped' in found) note = found.stopped
        else if ((bytes += found.sizeBytes) > mostBytes)
          note = `the search stopped before ${found.path}, which with the files before has more than ${mostBytes} bytes`
        else {
          try {
            for await (const line of searchFile(call.workspace, found, look, context, call.signal))
              if (!shown.add(found.path, line)) break
          } catch (thrown) {
            if (found.path === path || !isClosed(thrown)) throw thrown
          }
          if (!shown.full) continue
          note = `only the first ${shown.hits} matches are shown`
        }
        break
      }
      const text = [
        shown.text() || `Nothing matches ${pattern}.`,
        note && `[${note}; give a narrower path, include or pattern]`,
      ]
      return {
        content: [{ type: 'text', text: text.filter(Boolean).join('\n\n') }],
        details: { pattern, path, hits: shown.hits },
      }
    },
  })
}

async function* filesOf(path: string, include: string, { workspace, signal }: ToolCall): AsyncGenerator<Found> {
  const top = await workspace.stat(path)
  if (!top) throw failure('not_found', `${path}: there is no such file or folder; list shows what is there`)
  if (top.kind === 'file') return yield { path, sizeBytes: top.sizeBytes }
  const pattern = parsePattern(include.includes('/') ? include : `**/${include}`, workspace.root)
  yield* walk(workspace, path.replace(/(?<=.)\/+$/, ''), pattern, signal)
}

function lookFor(pattern: string, ignoreCase: boolean): Look {
  const expression = compile(pattern, ignoreCase)
  const look = within(lookMs, (lines: readonly string[]) => lines.map((line) => line.search(expression)))
  return (lines) => {
    const places = look(lines)
    if (!places)
      throw failure(
        'invalid_params',
        `the expression ${pattern} takes too long to match; make it simpler, or set literal`,
      )
    return places
  }
}

function compile(pattern: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoreCase ? 'i' : '')
  } catch (thrown) {
    throw failure('invalid_params', `${(thrown as Error).message}; set literal to search for the text itself`)
  }
}

const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Writes hits as grep does, `path:line:text` and `path-line-text` around them, `--` for a gap, up to its bounds. */
function showHits(maxOutput: number, gaps: boolean) {
  const lines: string[] = []
  let last: { path: string; line: number } | undefined
  let length = 0
  let hits = 0
  let full = false
  return {
    /** False when there is no room for the line. */
    add(path: string, { line, text, hit }: Shown): boolean {
      const mark = hit === undefined ? '-' : ':'
      const gap = gaps && last && (last.path !== path || last.line !== line - 1) ? ['--'] : []
      const added = [...gap, `${path}${mark}${line}${mark}${clip(text, hit ?? 0)}`].join('\n')
      full = length + added.length > maxOutput || (hit !== undefined && hits === mostHits)
      if (full) return false
      lines.push(added)
      last = { path, line }
      length += added.length + 1
      if (hit !== undefined) hits++
      return true
    },
    text: () => lines.join('\n'),
    get hits() {
      return hits
    },
    get full() {
      return full
    },
  }
}

/** Of a long line the part around the hit. */
function clip(text: string, at: number): string {
  if (text.length <= longestLine) return text
  const start = Math.max(0, Math.min(at - longestLine / 3, text.length - longestLine))
  const end = start + longestLine
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}
