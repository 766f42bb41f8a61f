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
  const { document, json, problem } = parse(text)
  if (problem) return { document: undefined, value: {}, problems: [problem], closed: new Set(restricting(schema)) }
  const checked = checkDocument(schema, document)
  return {
    document,
    value: (checked.value ?? {}) as Config,
    problems: [
      ...checked.problems,
      ...checkMeaning(document, plugins),
      ...(json && !doubles(text, document) ? [] : checkDoubles(scanSpans(text))),
    ],
    closed: checked.closed,
  }
}

/** Strings of JSON one after the other, so that none is begun in the middle; a key is one that a colon follows. */
const jsonStrings = /"(?:[^"\\]|\\.)*"(\s*:)?/g

/** Does a key stand twice in a text that is JSON? It then has more keys than what was read of it. */
function doubles(text: string, document: unknown): boolean {
  let keys = 0
  for (const [, colon] of text.matchAll(jsonStrings)) if (colon) keys++
  return keys !== countKeys(document)
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value)
  return inner.reduce((sum: number, one) => sum + countKeys(one), Array.isArray(value) ? 0 : inner.length)
}

/** JSON is JSON5 too, and read thirty times as fast: what is no JSON is left to the library. */
function parseText(text: string): { document: unknown; json: boolean } {
  try {
    return { document: JSON.parse(text), json: true }
  } catch {
    return { document: JSON5.parse<unknown>(text), json: false }
  }
}

type Parsed =
  | { readonly document: Record<string, unknown>; readonly json: boolean; readonly problem?: undefined }
  | { readonly document?: undefined; readonly json?: undefined; readonly problem: Problem }

function parse(text: string): Parsed {
  try {
    const { document, json } = parseText(text)
    if (isSection(document)) return { document, json }
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
