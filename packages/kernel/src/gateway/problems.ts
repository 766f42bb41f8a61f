import type { Problem } from '@openclaw/protocol'
import type { TLocalizedValidationError } from 'typebox/error'

const maxProblems = 50

/** What a validator found, as problems with dotted paths, in words for a person, and a likely correction for a misspelt key. */
export function readProblems(errors: readonly TLocalizedValidationError[], schema: unknown): Problem[] {
  const problems: Problem[] = []
  for (const error of errors.slice(0, maxProblems)) {
    const path = dotted(error.instancePath)
    if (error.keyword === 'additionalProperties') {
      for (const key of error.params.additionalProperties)
        problems.push(unknownKey(join(path, key), key, schema, error.instancePath))
    } else if (error.keyword === 'required') {
      for (const key of error.params.requiredProperties) problems.push({ path: join(path, key), message: 'is missing' })
    } else if (error.keyword !== 'boolean') {
      problems.push({ path, message: error.message })
    }
  }
  return problems.length > 0 ? problems : [{ path: '', message: 'is not what this method takes' }]
}

const join = (path: string, key: string) => (path ? `${path}.${key}` : key)

/** `/a/b~1c/0` → `a.b/c.0` (https://www.rfc-editor.org/rfc/rfc6901). */
const dotted = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')

function unknownKey(path: string, key: string, schema: unknown, pointer: string): Problem {
  const properties = pointer === '' ? (schema as { properties?: object }).properties : undefined
  const near = Object.keys(properties ?? {}).find(
    (known) => known.toLowerCase() === key.toLowerCase() || isOneOff(known, key),
  )
  return { path, message: 'is not known', ...(near ? { suggestion: near } : {}) }
}

/** True when one letter was added, left out or changed. */
function isOneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return Math.max(a.length, b.length) - start - end <= 1
}
