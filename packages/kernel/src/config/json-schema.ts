/** The part of JSON Schema that configuration schemas use, with our own marks. TypeBox schemas are such objects. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  /** Masked wherever it is shown; may be a reference. */
  readonly secret?: boolean
  /** The field beside it whose value a stored secret belongs to. */
  readonly boundTo?: string
  /** What is wrong inside keeps off what it guards. */
  readonly restricts?: boolean
  /** Stands in the place of a restricting part that is wrong. */
  readonly closed?: unknown
}

/** The schema of a key of a section: its own, else of the names that it fits. Undefined when the key is unknown. */
export function schemaOfKey(schema: JsonSchema, key: string): JsonSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key]
  const { patternProperties } = schema
  for (const pattern in patternProperties) if (matches(pattern, key)) return patternProperties[pattern]
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

const compiled = new Map<string, RegExp>()

/** Does a text fit a schema's pattern? Each is compiled once: there are few, and every name and text is held to one. */
export function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern)
  if (!expression) compiled.set(pattern, (expression = new RegExp(pattern, 'u')))
  return expression.test(text)
}

/** What a value must be, in words. */
export function describe(schema: JsonSchema): string {
  const either = schema.anyOf ?? schema.oneOf
  if (either) return either.map(describe).join(' or ')
  if (schema.enum)
    return (schema.enum.length > 1 ? 'one of ' : '') + schema.enum.map((one) => JSON.stringify(one)).join(', ')
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.type === 'integer' || schema.type === 'number')
    return (schema.type === 'integer' ? 'a whole number' : 'a number') + between(schema.minimum, schema.maximum, '')
  if (schema.type === 'string')
    return (
      'a text' +
      between(schema.minLength, schema.maxLength, ' characters') +
      (schema.pattern === undefined ? '' : ` like ${schema.pattern}`)
    )
  if (schema.type === 'array')
    return `a list of ${!schema.items || Array.isArray(schema.items) ? 'values' : plural(schema.items as JsonSchema)}`
  return { boolean: 'true or false', object: 'a section', null: 'null' }[schema.type ?? ''] ?? 'another value'
}

function plural(schema: JsonSchema): string {
  return (
    { string: 'texts', object: 'sections', integer: 'whole numbers', number: 'numbers', array: 'lists' }[
      schema.type ?? ''
    ] ?? `values, each ${describe(schema)}`
  )
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most}${unit}`
  if (least !== undefined) return ` of at least ${least}${unit}`
  return most === undefined ? '' : ` of at most ${most}${unit}`
}
