import type { Problem } from '@openclaw/protocol'
import { fits, isReference, isRight } from './fits.ts'
import { describe, schemaOfKey, type JsonSchema } from './json-schema.ts'
import { formatPath, isSection, setKey, type Path } from './path.ts'
import { suggestKey, suggestMissing, suggestValue } from './suggest.ts'

/** A document after the check. */
export interface Checked {
  /** What of it can be used: parts that are wrong are absent, or `closed` where they restrict. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Restricting parts that are wrong. Whatever they guard must stay off. */
  readonly closed: ReadonlySet<string>
}

/** Stands for a value that is not usable. */
const gone = Symbol('gone')

/**
 * Checks a document and finds everything that is wrong in it. The rules of the usable part:
 * a value that does not fit is left out, and with it the section that cannot be without it; an unknown key is kept and
 * warned about; anything wrong inside of a restricting part, an unknown key included, closes that part.
 * A required key may be missing where its default stands in, or where it is a secret, which can be stored elsewhere.
 */
export function checkDocument(schema: JsonSchema, document: unknown, at: Path = []): Checked {
  const problems: Problem[] = []
  const closed = new Set<string>()
  let faults = 0

  const report = (path: Path, message: string, suggestion?: string) => {
    problems.push({ path: formatPath(path), message, ...(suggestion === undefined ? {} : { suggestion }) })
  }
  const refuse = (path: Path, message: string, suggestion?: string): typeof gone => {
    faults++
    report(path, message, suggestion)
    return gone
  }

  const take = (rule: JsonSchema, value: unknown, path: Path, strict: boolean): unknown => {
    // Nearly all of nearly every file, of which nothing has to be said.
    if (isRight(rule, value)) return value
    if (!rule.restricts) return takeValue(rule, value, path, strict)
    const before = faults
    const usable = takeValue(rule, value, path, true)
    if (faults === before) return usable
    closed.add(formatPath(path))
    return 'closed' in rule ? structuredClone(rule.closed) : gone
  }

  const takeValue = (rule: JsonSchema, value: unknown, path: Path, strict: boolean): unknown => {
    if (isSection(value) && (rule.type === 'object' || rule.properties || rule.patternProperties))
      return takeSection(rule, value, path, strict)
    if (Array.isArray(value) && rule.type === 'array') return takeList(rule, value, path, strict)
    if (!fits(rule, value))
      return refuse(
        path,
        `expected ${describe(rule)}, found ${rule.secret ? 'another kind of value' : found(value)}`,
        suggestValue(rule, value),
      )
    if (rule.secret && value !== '' && !isReference(value))
      report(path, 'a secret stands in this file', 'write env:NAME or file:PATH, or store it outside of this file')
    return value
  }

  const takeSection = (rule: JsonSchema, section: Record<string, unknown>, path: Path, strict: boolean): unknown => {
    const usable: Record<string, unknown> = {}
    let whole = true
    for (const [key, value] of Object.entries(section)) {
      const inner = schemaOfKey(rule, key)
      if (!inner) {
        if (!rule.properties && rule.patternProperties)
          refuse(
            [...path, key],
            'this name cannot be used',
            `names are like ${Object.keys(rule.patternProperties).join(' or ')}`,
          )
        else if (!rule.properties || rule.additionalProperties === true) setKey(usable, key, value)
        else if (strict && rule.additionalProperties === false)
          refuse(
            [...path, key],
            'unknown key in a part that takes no others, so the part is closed',
            suggestKey(rule, key),
          )
        else {
          report([...path, key], 'unknown key; it is kept and has no effect', suggestKey(rule, key))
          setKey(usable, key, value)
        }
        continue
      }
      const taken = take(inner, value, [...path, key], strict)
      if (taken !== gone) setKey(usable, key, taken)
      else if (rule.required?.includes(key)) whole = false
    }
    for (const key of rule.required ?? []) {
      const inner = schemaOfKey(rule, key)
      if (Object.hasOwn(section, key) || inner?.secret || inner?.default !== undefined) continue
      refuse([...path, key], 'is missing', suggestMissing(rule, key))
      whole = false
    }
    const { properties: _, patternProperties: __, additionalProperties: ___, required: ____, ...rest } = rule
    if (!fits(rest, section))
      whole =
        refuse(
          path,
          `expected ${describe(rule)}, found ${Object.keys(section).length} keys that do not go together`,
        ) !== gone
    return whole ? usable : gone
  }

  const takeList = (rule: JsonSchema, list: readonly unknown[], path: Path, strict: boolean): unknown => {
    const { items, ...rest } = rule
    if (!fits(rest, list))
      return refuse(
        path,
        `expected ${describe(rule)}${rule.minItems ? `, at least ${rule.minItems}` : ''}${rule.uniqueItems ? ', each once' : ''}; found ${list.length}`,
      )
    const usable = list.map((value, index) => {
      const inner = Array.isArray(items) ? (items as readonly JsonSchema[])[index] : (items as JsonSchema | undefined)
      return inner ? take(inner, value, [...path, String(index)], strict) : value
    })
    return usable.filter((value) => value !== gone)
  }

  const value = take(schema, document, at, false)
  return { value: value === gone ? undefined : value, problems, closed }
}

/** A value in a message: its kind, and itself when it is short. Long texts may be secrets, so they are not repeated. */
function found(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isSection(value)) return 'a section'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 40 ? text : `a text of ${text.length} characters`
}
