import { schemaOfKey, type JsonSchema } from './json-schema.ts'
import { isSection, setKey, type Path } from './path.ts'

/** A secret field of a document: there when `value` is defined, else possible at this place. */
export interface SecretField {
  readonly path: Path
  readonly schema: JsonSchema
  readonly value: unknown
  /** The field must be there; its section or the document is of no use without it. */
  readonly required: boolean
  /** The section in which it stands. */
  readonly beside: Readonly<Record<string, unknown>>
  /** Schema of that section. */
  readonly within: JsonSchema
}

/** Every secret field that a document holds, or could hold in the sections that it has. */
export function secretFields(schema: JsonSchema, value: unknown, path: Path = []): readonly SecretField[] {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  const fields: SecretField[] = branches.flatMap((branch) => secretFields(branch, value, path))
  if (Array.isArray(value)) {
    const inList = value.flatMap((item: unknown, index) => {
      const rule = schemaOfItem(schema, index)
      const at = [...path, String(index)]
      if (rule?.secret) return { path: at, schema: rule, value: item, required: false, beside: {}, within: schema }
      return rule ? secretFields(rule, item, at) : []
    })
    return [...fields, ...inList]
  }
  if (schema.type !== undefined && schema.type !== 'object') return fields
  const section = isSection(value) ? value : {}
  const keys = new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(section)])
  for (const key of keys) {
    const rule = schemaOfKey(schema, key)
    if (!rule) continue
    const inner = Object.hasOwn(section, key) ? section[key] : undefined
    if (rule.secret)
      fields.push({
        path: [...path, key],
        schema: rule,
        value: inner,
        required: schema.required?.includes(key) ?? false,
        beside: section,
        within: schema,
      })
    else if (inner !== undefined || schema.required?.includes(key))
      fields.push(...secretFields(rule, inner, [...path, key]))
  }
  return fields
}

const suspicious = /token|secret|passw|credential|api.?key|^key$|authorization/i

/** A copy in which every secret value reads `***`. References are no secrets: they say where one is. */
export function maskSecrets(
  schema: JsonSchema | undefined,
  value: unknown,
  isReference: (value: unknown) => boolean,
): unknown {
  const shown = (rule: JsonSchema | undefined, inner: unknown, secret: boolean | undefined) =>
    secret && inner !== '' && !isReference(inner) ? '***' : maskSecrets(rule, inner, isReference)
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const rule = schema && schemaOfItem(schema, index)
      return shown(rule, item, rule?.secret)
    })
  }
  if (!isSection(value)) return value
  const masked = {}
  for (const [key, inner] of Object.entries(value)) {
    const rule = schema && schemaOfKey(schema, key)
    // Where no schema says what a value is (a plugin that is not installed), its name does.
    const secret = rule?.secret || ((!rule || !isDescribed(rule)) && typeof inner === 'string' && suspicious.test(key))
    setKey(masked, key, shown(rule, inner, secret))
  }
  return masked
}

function schemaOfItem({ items }: JsonSchema, index: number): JsonSchema | undefined {
  return Array.isArray(items) ? (items as readonly JsonSchema[])[index] : (items as JsonSchema | undefined)
}

function isDescribed(schema: JsonSchema): boolean {
  return schema.type !== undefined || schema.enum !== undefined || 'const' in schema || schema.anyOf !== undefined
}
