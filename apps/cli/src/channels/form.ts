import { failure, type MethodResult } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { printable } from '../terminal.ts'
import { applies, askedFields, choicesOf, fieldsOf, readValue, type Field, type Rule } from './fields.ts'

/** What was answered, by the paths of the fields; what is not in it stays as it is. */
export interface Answers {
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

/** The questions about one account of a channel. */
export interface Form {
  readonly channel: string
  readonly label: string
  readonly account: string
  readonly steps: readonly string[]
  readonly fields: readonly Field[]
  /** Fields that a person is asked for, in this order. */
  readonly asked: readonly Field[]
  /** What a field has now, as it may be shown; of a secret only that it is there. */
  now(field: Field): unknown
}

/** Makes it from what the gateway says of the channel. */
export function makeForm(described: MethodResult<'channels.describe'>, account: string): Form {
  const { channel, label, steps, schema, accounts } = described
  const there = accounts.find((one) => one.account === account)
  const fields = fieldsOf(schema as Rule)
  return {
    channel,
    label,
    account,
    // A schema's description is often one line with numbers in it.
    steps: (steps ?? '').split(/\n|\s+(?=\d+\. )/).filter(Boolean),
    fields,
    asked: askedFields(fields),
    now: ({ name }) => (there?.stored.includes(name) ? 'stored' : valueAt(there?.settings, name)),
  }
}

/** Asks for fields one after the other. Throws `aborted` when the person leaves. */
export async function askFor(fields: readonly Field[], form: Form, cli: Cli): Promise<Answers> {
  const settings: Record<string, unknown> = {}
  const secrets: Record<string, string> = {}
  const skipped = new Set<string>()
  const known = (name: string) => {
    const field = form.fields.find((one) => one.name === name)
    return settings[name] ?? (field && (form.now(field) ?? field.rule.default))
  }
  for (const field of fields) {
    const { name, rule, section } = field
    if (!applies(field, known)) continue
    if (section !== undefined && skipped.has(section)) continue
    const answered = Object.keys({ ...settings, ...secrets })
    const begun = section === undefined || answered.some((one) => one.startsWith(`${section}.`))
    const answer = await askOne({ ...field, required: (field.required || rule.when !== undefined) && begun }, form, cli)
    if (answer === undefined) {
      // Whoever leaves out the first value of an optional section leaves out all of it.
      if (section !== undefined && !begun && form.now(field) === undefined) skipped.add(section)
    } else if (rule.secret) secrets[name] = answer
    else settings[name] = readValue(answer, rule)
  }
  return { settings, secrets }
}

/** One answer; undefined leaves the field as it is. */
async function askOne(field: Field, form: Form, cli: Cli): Promise<string | undefined> {
  const { name, rule, required } = field
  const { terminal } = cli
  const now = form.now(field)
  const choices = choicesOf(rule)
  const fallback = now ?? rule.default
  const mayStay = fallback !== undefined || !required
  if (rule.description) terminal.tell(terminal.faint(printable(rule.description)))
  const question = questionOf(field, fallback)
  for (;;) {
    const given = await (rule.secret ? terminal.askHidden : terminal.ask)(question, cli.untilStopped())
    if (given === undefined) throw failure('aborted', `${form.channel}/${form.account}: stopped before it was set up.`)
    const answer = given.trim()
    if (answer === '' && mayStay) return undefined
    if (answer === '') terminal.tell(`${name} is needed.`)
    else if (choices && !choices.includes(answer)) terminal.tell(`${name} is one of ${choices.join(', ')}.`)
    else return answer
  }
}

function questionOf({ name, rule, required }: Field, fallback: unknown): string {
  const stay = fallback !== undefined ? 'Enter keeps what is there' : required ? undefined : 'Enter skips'
  if (rule.secret) return `${name} (${stay ? `${stay}; ` : ''}it is not shown): `
  const choices = choicesOf(rule)
  const choice = choices ? ` (${choices.join(', ')})` : ''
  return `${name}${choice}${fallback !== undefined ? ` [${shown(fallback)}]` : stay ? ` (${stay})` : ''}: `
}

function shown(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

function valueAt(value: unknown, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Record<string, unknown>)[key]
          : undefined,
      value,
    )
}
