import { usage } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { readSecrets } from '../secret.ts'
import { readValue } from './fields.ts'
import type { Answers, Form } from './form.ts'

/**
 * What the command line says of an account, and stdin where nobody can be asked: the secrets that are named, else those
 * that are needed and not there yet. A secret is never taken from an argument, a reference to one is.
 */
export async function readGiven(
  { set, secret }: { readonly set: readonly string[]; readonly secret: readonly string[] },
  form: Form,
  cli: Cli,
): Promise<Answers> {
  const settings: Record<string, unknown> = {}
  const secrets: Record<string, string> = {}
  for (const word of set) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? []
    if (name === '') throw usage(`--set takes KEY=VALUE, not "${word.slice(0, 40)}".`)
    const field = form.fields.find((one) => one.name === name)
    if (!field?.rule.secret) settings[name] = value === '' ? null : readValue(value, field?.rule)
    else if (/^(env|file):./.test(value)) secrets[name] = value
    else
      throw usage(
        `${name} is a secret, and others can read arguments: hand it over on stdin with --secret ${name}, or say where it is: --set ${name}=env:NAME`,
      )
  }
  const known = form.fields.filter(({ rule }) => rule.secret)
  const wrong = secret.find((name) => known.every((field) => field.name !== name))
  if (wrong !== undefined)
    throw usage(`--secret takes ${known.map(({ name }) => name).join(', ') || 'nothing here'}, not "${wrong}".`)
  if (cli.terminal.interactive) return { settings, secrets }
  const missing = known.filter(
    (field) =>
      field.required && field.section === undefined && !(field.name in secrets) && form.now(field) === undefined,
  )
  const names = secret.length > 0 ? secret : missing.map(({ name }) => name)
  const read = names.length > 0 ? await readSecrets(names, `${form.channel}/${form.account}`) : {}
  return { settings, secrets: { ...secrets, ...read } }
}
