import { failure, type Problem } from '@openclaw/protocol'
import { checkDocument } from './check.ts'
import type { Configuration, Secrets } from './configuration.ts'
import type { JsonSchema } from './json-schema.ts'
import { formatPath, isSection, overlaps, setKey, valueAt, type Path } from './path.ts'

/** Where the configuration and its secrets are. */
export interface SettingsParts {
  readonly configuration: Configuration
  readonly secrets: Secrets
}

/**
 * What a plugin's entry is set up with: checked, with its defaults and its secrets.
 *
 * @throws `invalid_config` with every problem.
 */
export function pluginSettings(parts: SettingsParts, id: string, schema: object): Promise<unknown> {
  return settings(parts, { owner: `plugin:${id}`, name: id, path: ['plugins', id, 'config'] }, schema as JsonSchema)
}

/** The same for one account of a channel. A person who reads why it is refused is told how to set it up anew. */
export function accountSettings(
  parts: SettingsParts,
  channel: string,
  account: string,
  schema: object,
): Promise<unknown> {
  return settings(
    parts,
    {
      owner: `channel:${channel}:${account}`,
      name: `${channel}/${account}`,
      path: ['channels', channel, 'accounts', account],
      remedy: `; set it up with \`openclaw channels add ${channel} --account ${account}\``,
    },
    schema as JsonSchema,
  )
}

/** Whose settings they are, and where they stand. */
interface Place {
  readonly owner: string
  readonly name: string
  readonly path: Path
  readonly remedy?: string
}

async function settings({ configuration, secrets }: SettingsParts, at: Place, schema: JsonSchema): Promise<unknown> {
  const { owner, path } = at
  const place = formatPath(path)
  if ([...configuration.closed].some((closed) => overlaps(closed, place))) {
    throw refused(
      at,
      configuration.problems.filter((problem) => overlaps(problem.path, place)),
    )
  }
  const given = withDefaults(schema, valueAt(configuration.value, path))
  // A part that is not there at all was not checked, and may lack what it needs.
  const checked = checkDocument({ ...schema, restricts: true }, given, path)
  if (checked.closed.size > 0) throw refused(at, checked.problems)
  const { value, problems } = await secrets.fill(owner, schema, given)
  if (problems.length > 0)
    throw refused(
      at,
      problems.map((problem) => ({ ...problem, path: `${place}.${problem.path}` })),
    )
  return value
}

function refused({ name, remedy = '' }: Place, problems: readonly Problem[]): Error {
  return failure('invalid_config', `${name}: ${problems.map(tell).join('; ')}${remedy}`, { problems: [...problems] })
}

/** A problem in one line of a message. */
export function tell({ path, message, suggestion }: Problem): string {
  return `${path}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`
}

/** A copy with the defaults of what is absent; sections are made for those alone that must be there. */
export function withDefaults(schema: JsonSchema, value: unknown): unknown {
  if (value === undefined && schema.default !== undefined) return structuredClone(schema.default)
  if (schema.type !== 'object') return value
  if (value !== undefined && !isSection(value)) return value
  const filled = { ...value }
  for (const [key, rule] of Object.entries(schema.properties ?? {})) {
    const present = Object.hasOwn(filled, key)
    if (!present && rule.type === 'object' && !schema.required?.includes(key)) continue
    const inner = withDefaults(rule, present ? filled[key] : undefined)
    if (inner !== undefined) setKey(filled, key, inner)
  }
  return filled
}
