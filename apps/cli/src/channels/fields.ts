/** What of a JSON Schema a form is made from. */
export interface Rule {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Rule[]
  readonly properties?: Readonly<Record<string, Rule>>
  readonly required?: readonly string[]
  readonly items?: Rule
  readonly secret?: boolean
  /** Values of other fields with which it is needed; with others nobody is asked for it. */
  readonly when?: Readonly<Record<string, unknown>>
}

/** One value of an account. */
export interface Field {
  /** Its path: `token`, `sasl.password`. */
  readonly name: string
  readonly rule: Rule
  /** It must be there; in an optional section, as soon as the section is. */
  readonly required: boolean
  /** The optional section in which it stands. */
  readonly section?: string
}

/** Every value that an account may have, those that must be there first. */
export function fieldsOf(schema: Rule): readonly Field[] {
  const fields = flatten(schema, '', undefined)
  const rank = ({ required, section }: Field) => (required && section === undefined ? 0 : 1)
  return fields.toSorted((one, other) => rank(one) - rank(other))
}

function flatten({ properties = {}, required = [] }: Rule, prefix: string, section: string | undefined): Field[] {
  return Object.entries(properties).flatMap(([key, rule]) => {
    const name = prefix + key
    const needed = required.includes(key)
    if (rule.properties) return flatten(rule, `${name}.`, section ?? (needed ? undefined : name))
    return [{ name, rule, required: needed, ...(section === undefined ? {} : { section }) }]
  })
}

/**
 * The fields that a person is asked for: what is needed, what has choices, secrets, and what nothing stands in for.
 * The rest has a default that most people keep. An optional section is asked for when it holds a login.
 */
export function askedFields(fields: readonly Field[]): readonly Field[] {
  const logins = new Set(fields.flatMap(({ section, rule }) => (section && rule.secret ? [section] : [])))
  return fields.filter(({ rule, required, section }) => {
    if (section !== undefined && !logins.has(section)) return false
    if (required || rule.secret || choicesOf(rule)) return true
    return rule.default === undefined && (isText(rule) || rule.type === 'integer' || isList(rule))
  })
}

/** Whether a field is for what the others say: `valueOf` tells them. */
export function applies({ rule }: Field, valueOf: (name: string) => unknown): boolean {
  return Object.entries(rule.when ?? {}).every(([name, value]) => valueOf(name) === value)
}

/** The only values that a field takes, as they are typed. */
export function choicesOf({ enum: values, anyOf }: Rule): readonly string[] | undefined {
  if (values) return values.map(String)
  return anyOf?.every((one) => one.const !== undefined) ? anyOf.map((one) => String(one.const)) : undefined
}

/** A typed word as a value of the kind that the field takes: JSON where it is not a text; a list may have commas. */
export function readValue(word: string, rule: Rule | undefined): unknown {
  if (rule && isText(rule)) return word
  try {
    return JSON.parse(word)
  } catch {
    if (!rule || !isList(rule)) return word
    return word
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  }
}

function isText({ type, enum: values, anyOf }: Rule): boolean {
  return (
    type === 'string' ||
    values?.every((one) => typeof one === 'string') === true ||
    anyOf?.every((one) => one.type === 'string' || typeof one.const === 'string') === true
  )
}

function isList({ type, items }: Rule): boolean {
  return type === 'array' && items !== undefined && isText(items)
}
