/** A JSON Schema, as far as our tables use it. */
export interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly description?: string
  readonly default?: unknown
}

/** A schema as one line of a reader's notation: `{ a: string, b?: 1 | 2 }`. */
export function notation(schema: Schema, depth = 0): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map((one) => notation(one, depth + 1)).join(' | ')
  if (schema.type === 'array') {
    const item = notation(schema.items ?? {}, depth + 1)
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`
  }
  if (schema.properties) {
    const required = new Set(schema.required)
    const fields = Object.entries(schema.properties).map(
      ([key, value]) => `${key}${required.has(key) ? '' : '?'}: ${notation(value, depth + 1)}`,
    )
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  const rest = Object.values(schema.patternProperties ?? {})[0]
  if (rest) return `{ [key]: ${notation(rest, depth + 1)} }`
  return schema.type ?? 'any'
}

/** The text of a table's cell. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
