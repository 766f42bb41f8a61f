import { matches, schemaOfKey, type JsonSchema } from './json-schema.ts'
import { isSection } from './path.ts'

/** `env:NAME` or `file:PATH` in the place of a secret. */
export function isReference(value: unknown): value is string {
  return typeof value === 'string' && /^(env|file):./.test(value)
}

/** Is the value valid? The question without answers, for unions and single values. */
export function fits(rule: JsonSchema, value: unknown): boolean {
  if (rule.enum && !rule.enum.includes(value)) return false
  if ('const' in rule && rule.const !== value) return false
  if (rule.anyOf && !rule.anyOf.some((one) => fits(one, value))) return false
  if (rule.oneOf && rule.oneOf.filter((one) => fits(one, value)).length !== 1) return false
  if (rule.allOf && !rule.allOf.every((one) => fits(one, value))) return false
  if (rule.not && fits(rule.not, value)) return false
  if (rule.type !== undefined && !isOfType(rule.type, value)) return false
  if (typeof value === 'number') return fitsNumber(rule, value)
  if (typeof value === 'string') return fitsText(rule, value)
  if (Array.isArray(value)) return fitsList(rule, value)
  return !isSection(value) || fitsSection(rule, value)
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'number') return Number.isFinite(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isSection(value)
  return type === 'null' ? value === null : typeof value === type
}

function fitsNumber(rule: JsonSchema, value: number): boolean {
  const {
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
    multipleOf,
  } = rule
  const inside =
    value >= minimum &&
    value <= maximum &&
    (value > exclusiveMinimum || exclusiveMinimum === -Infinity) &&
    (value < exclusiveMaximum || exclusiveMaximum === Infinity)
  return inside && (multipleOf === undefined || Math.abs(value / multipleOf - Math.round(value / multipleOf)) < 1e-9)
}

function fitsText({ minLength = 0, maxLength = Infinity, pattern }: JsonSchema, value: string): boolean {
  const length = minLength > 0 || maxLength < Infinity ? [...value].length : 0
  return length >= minLength && length <= maxLength && (pattern === undefined || matches(pattern, value))
}

function fitsList(
  { items, minItems = 0, maxItems = Infinity, uniqueItems }: JsonSchema,
  list: readonly unknown[],
): boolean {
  const right = list.every((value, index) => {
    const rule = Array.isArray(items) ? (items as readonly JsonSchema[])[index] : (items as JsonSchema | undefined)
    return !rule || fits(rule, value)
  })
  return (
    right &&
    list.length >= minItems &&
    list.length <= maxItems &&
    (!uniqueItems || new Set(list.map((value) => JSON.stringify(value))).size === list.length)
  )
}

function fitsSection(rule: JsonSchema, section: Record<string, unknown>): boolean {
  const keys = Object.keys(section)
  if (rule.required?.some((key) => !Object.hasOwn(section, key))) return false
  if (keys.length < (rule.minProperties ?? 0) || keys.length > (rule.maxProperties ?? Infinity)) return false
  return keys.every((key) => {
    const inner = schemaOfKey(rule, key)
    return inner ? fits(inner, section[key]) : rule.additionalProperties !== false
  })
}

/**
 * Is there nothing to say of a value? It is valid, has no key that is unknown, and no secret stands in it. False may be
 * too strict: whoever asks looks closer then.
 */
export function isRight(rule: JsonSchema, value: unknown): boolean {
  if (rule.secret) return fits(rule, value) && (value === '' || isReference(value))
  if (Array.isArray(value)) {
    const { items } = rule
    if (rule.type !== 'array' || Array.isArray(items) || hasMore(rule) || rule.uniqueItems) return false
    const { minItems = 0, maxItems = Infinity } = rule
    return (
      value.length >= minItems &&
      value.length <= maxItems &&
      (items === undefined || value.every((one) => isRight(items as JsonSchema, one)))
    )
  }
  if (!isSection(value) || (rule.type !== 'object' && !rule.properties && !rule.patternProperties))
    return fits(rule, value)
  if (hasMore(rule) || rule.minProperties !== undefined || rule.maxProperties !== undefined) return false
  for (const key of Object.keys(value)) {
    const inner = schemaOfKey(rule, key)
    if (inner ? !isRight(inner, value[key]) : rule.properties || rule.patternProperties) return false
  }
  return rule.required?.every((key) => Object.hasOwn(value, key)) ?? true
}

/** Does a rule ask for more than its type and what stands inside? */
function hasMore(rule: JsonSchema): boolean {
  return !!(rule.anyOf || rule.oneOf || rule.allOf || rule.not || rule.enum) || 'const' in rule
}
