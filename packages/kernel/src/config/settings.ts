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
  return settings(parts, `plugin:${id}`, ['plugins', id, 'config'], schema as JsonSchema)
}

/** The same for one account of a channel. */
export function accountSettings(
  parts: SettingsParts,
  channel: string,
  account: string,
  schema: object,
): Promise<unknown> {
  return settings(
    parts,
    `channel:${channel}:${account}`,
    ['channels', channel, 'accounts', account],
    schema as JsonSchema,
  )
}

async function settings(
  { configuration, secrets }: SettingsParts,
  owner: string,
  path: Path,
  schema: JsonSchema,
): Promise<unknown> {
  const place = formatPath(path)
  if ([...configuration.closed].some((closed) => overlaps(closed, place))) {
    throw refused(
      owner,
      configuration.problems.filter((problem) => overlaps(problem.path, place)),
    )
  }
  const given = withDefaults(schema, valueAt(configuration.value, path))
  // A part that is not there at all was not checked, and may lack what it needs.
  const checked = checkDocument({ ...schema, restricts: true }, given, path)
  if (checked.closed.size > 0) throw refused(owner, checked.problems)
  const { value, problems } = await secrets.fill(owner, schema, given)
  if (problems.length > 0)
    throw refused(
      owner,
      problems.map((problem) => ({ ...problem, path: `${place}.${problem.path}` })),
    )
  return value
}

function refused(owner: string, problems: readonly Problem[]): Error {
  const list = problems.map(
    ({ path, message, suggestion }) => `${path}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`,
  )
  return failure('invalid_config', `${owner.replace(/^(plugin|channel):/, '')}: ${list.join('; ')}`, {
    problems: [...problems],
  })
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
