import { hash } from 'node:crypto'
import JSON5 from 'json5'
import type { Config, Problem } from '@openclaw/protocol'
import { checkDocument } from './check.ts'
import type { PluginSchema } from './configuration.ts'
import type { JsonSchema } from './json-schema.ts'
import { checkDoubles, checkMeaning } from './meaning.ts'
import { formatPath, isSection, type Path } from './path.ts'
import { scanSpans } from './spans.ts'

/** A text that was read as the configuration. */
export interface Reading {
  /** As it stands in the file; undefined when it cannot be read at all. */
  readonly document: Record<string, unknown> | undefined
  readonly value: Config
  readonly problems: readonly Problem[]
  readonly closed: ReadonlySet<string>
}

/** Digest of the file's text; of nothing when there is no file. */
export function digest(text: string | undefined): string {
  return hash('sha256', text ?? '')
}

/** Reads a text and finds every problem in it. Plugins are undefined as long as it is not known what is installed. */
export function readConfig(
  text: string | undefined,
  schema: JsonSchema,
  plugins: readonly PluginSchema[] | undefined,
): Reading {
  if (text === undefined || text.trim() === '') return { document: {}, value: {}, problems: [], closed: new Set() }
  const { document, problem } = parse(text)
  if (problem) return { document: undefined, value: {}, problems: [problem], closed: new Set(restricting(schema)) }
  const checked = checkDocument(schema, document)
  return {
    document,
    value: (checked.value ?? {}) as Config,
    problems: [...checked.problems, ...checkMeaning(document, plugins), ...checkDoubles(scanSpans(text))],
    closed: checked.closed,
  }
}

/** JSON is JSON5 too, and read thirty times as fast: what is no JSON is left to the library. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON5.parse<unknown>(text)
  }
}

function parse(
  text: string,
): { document: Record<string, unknown>; problem?: undefined } | { document?: undefined; problem: Problem } {
  try {
    const document = parseText(text)
    if (isSection(document)) return { document }
    return {
      problem: { path: '', message: 'the file holds no section', suggestion: 'begin it with { and end it with }' },
    }
  } catch (error) {
    const { message, lineNumber, columnNumber } = error as Error & { lineNumber?: number; columnNumber?: number }
    const where = lineNumber === undefined ? '' : `line ${lineNumber}, column ${columnNumber}: `
    return {
      problem: {
        path: '',
        message: `${where}${message.replace(/^JSON5: | at \d+:\d+$/g, '')}`,
        suggestion: 'nothing of the file can be used until this is corrected',
      },
    }
  }
}

/** The restricting parts that stand at fixed places. */
function restricting(schema: JsonSchema, path: Path = []): readonly string[] {
  if (schema.restricts) return [formatPath(path)]
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => restricting(inner, [...path, key]))
}

/** Where two documents differ: the deepest sections or values. */
export function changedPaths(before: unknown, after: unknown, path: Path = []): readonly string[] {
  if (!isSection(before) || !isSection(after))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [formatPath(path)]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const inner = [...path, key]
    if (!Object.hasOwn(before, key) || !Object.hasOwn(after, key)) return [formatPath(inner)]
    return changedPaths(before[key], after[key], inner)
  })
}
