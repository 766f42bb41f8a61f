import { failure, type MethodParams, type MethodResult, type Problem } from '@openclaw/protocol'
import { checkDocument } from '../config/check.ts'
import { fits, isReference } from '../config/fits.ts'
import type { ConfigEdit, Configuration, Secrets } from '../config/configuration.ts'
import { maskSecrets, secretFields } from '../config/fields.ts'
import { describe, type JsonSchema } from '../config/json-schema.ts'
import { formatPath, isSection, parsePath, valueAt, withValue, type Path } from '../config/path.ts'
import { tell } from '../config/settings.ts'
import type { Plugins } from '../plugins/host.ts'
import type { AccountStatus } from './account.ts'
import type { Channels } from './channels.ts'

/** How a person's answers become a connected account, and how one goes. One change at a time. */
export interface AccountSetup {
  describe(channel: string): Promise<MethodResult<'channels.describe'>>
  /**
   * Resolves when it is about to connect. Rejects with `invalid_config` and every problem before anything was changed.
   * References in it count only when a person wrote them.
   */
  configure(asked: MethodParams<'channels.configure'>, by?: 'person'): Promise<AccountStatus>
  remove(channel: string, account?: string): Promise<void>
}

export function openSetup(parts: {
  readonly configuration: Configuration
  readonly secrets: Secrets
  readonly plugins: Plugins
  readonly channels: Channels
  /** Brings plugins and accounts into step with the configuration. */
  sync(): Promise<void>
  forgetLogin(channel: string, account: string): Promise<void>
}): AccountSetup {
  const { configuration, secrets, plugins, channels } = parts
  let work: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = work.then(task)
    work = result.catch(() => {})
    return result
  }
  const pathOf = (channel: string, account: string) => ['channels', channel, 'accounts', account]
  const ownerOf = (channel: string, account: string) => `channel:${channel}:${account}`
  const pluginOf = (channel: string) =>
    plugins.list().find(({ id, hooks }) => id === channel && hooks.includes('channel'))

  async function schemaOf(channel: string): Promise<JsonSchema> {
    const found = (await plugins.schemas()).find((one) => one.channel && one.id === channel)
    if (found) return found.schema as JsonSchema
    const plugin = pluginOf(channel)
    if (plugin) throw failure('unavailable', `${channel} cannot be set up: ${plugin.reason ?? 'it has no accounts'}`)
    throw failure(
      'not_found',
      `channels: no channel "${channel}" is plugged in; install it with \`openclaw channels add ${channel}\``,
    )
  }

  /** What keeps every account of the channel off, by the word of a person. */
  function refuseDisabled(channel: string): void {
    for (const key of [`channels.${channel}.enabled`, `plugins.${channel}.enabled`])
      if (valueAt(configuration.document, parsePath(key)) === false)
        throw failure(
          'conflict',
          `${channel}: ${key} is false, so no account connects; \`openclaw config set ${key} true\` turns it on. Nothing was changed`,
        )
  }

  async function checkAnswers(schema: JsonSchema, owner: string, path: Path, answers: Answers): Promise<Problem[]> {
    const { problems, closed } = checkDocument({ ...schema, restricts: true }, answers.settings, path)
    const known = checkDocument(schema, answers.before, path).problems.map(tell)
    // What is no worse than before is no reason to refuse a change, unless nothing could connect with it.
    const found = closed.size > 0 ? [...problems] : problems.filter((one) => !known.includes(tell(one)))
    const report = (name: string, message: string, suggestion?: string) =>
      found.push({ path: `${formatPath(path)}.${name}`, message, ...(suggestion === undefined ? {} : { suggestion }) })
    const fields = new Map(secretFields(schema, answers.settings).map((field) => [formatPath(field.path), field]))
    const stored = await secrets.stored(owner, schema, answers.settings)
    for (const name of answers.given.keys())
      if (!fields.has(name)) report(name, 'is no secret', `secrets here: ${[...fields.keys()].join(', ') || 'none'}`)
    for (const [name, { required, value, schema: rule }] of fields) {
      const secret = answers.given.get(name)
      if (secret === undefined) {
        if (required && value === undefined && !stored.includes(name))
          report(name, 'is missing', 'hand it over as a secret, or write env:NAME or file:PATH')
      } else if (!fits({ minLength: 1, ...rule }, secret)) report(name, `expected ${describe(rule)}`)
    }
    return found
  }

  async function apply(schema: JsonSchema, channel: string, account: string, answers: Answers, by?: 'person') {
    const path = pathOf(channel, account)
    const edits = editsOf(path, answers)
    if (edits.length > 0) await configuration.edit(edits, undefined, by)
    if (answers.given.size > 0)
      await secrets.store(ownerOf(channel, account), schema, Object.fromEntries(answers.given), answers.settings)
    await parts.sync()
  }

  return {
    async describe(channel) {
      const schema = await schemaOf(channel)
      const accounts = valueAt(configuration.document, ['channels', channel, 'accounts'])
      const traits = plugins.channels.get(channel)?.channel.traits
      return {
        channel,
        label: pluginOf(channel)?.label ?? channel,
        ...(schema.description === undefined ? {} : { steps: schema.description }),
        schema,
        ...(traits ? { traits } : {}),
        accounts: await Promise.all(
          Object.entries(isSection(accounts) ? accounts : {}).map(async ([account, settings]) => ({
            account,
            settings: maskSecrets(schema, settings, isReference),
            stored: [...(await secrets.stored(ownerOf(channel, account), schema, settings))],
          })),
        ),
      }
    },
    configure: ({ channel, account = 'default', settings = {}, secrets: given = {} }, by) =>
      inTurn(async () => {
        const schema = await schemaOf(channel)
        refuseDisabled(channel)
        const path = pathOf(channel, account)
        const answers = merge(valueAt(configuration.document, path), settings, given)
        const problems = await checkAnswers(schema, ownerOf(channel, account), path, answers)
        const [first, second] = problems
        if (first)
          throw failure(
            'invalid_config',
            `${channel}/${account}: ${second ? `${problems.length} values do not fit` : tell(first)}. Nothing was changed`,
            { problems },
          )
        await channels.change(channel, account, () => apply(schema, channel, account, answers, by))
        const status = channels.status(channel).find((one) => one.account === account)
        if (status) return status
        const plugin = pluginOf(channel)
        throw failure(
          'unavailable',
          `${channel}/${account} is set up and cannot connect: its plugin is ${plugin?.state ?? 'gone'}${plugin?.reason ? `: ${plugin.reason}` : ''}`,
        )
      }),
    remove: (channel, account = 'default') =>
      inTurn(async () => {
        const path = pathOf(channel, account)
        if (valueAt(configuration.document, path) === undefined)
          throw failure(
            'not_found',
            `channels: there is no account ${channel}/${account}; see \`openclaw channels list\``,
          )
        await channels.change(channel, account, async () => {
          await configuration.edit([{ path: formatPath(path) }])
          await parts.sync()
          await parts.forgetLogin(channel, account)
        })
      }),
  }
}

/** What an account shall be: its part of the configuration, and what goes to the store of secrets. */
interface Answers {
  readonly before: unknown
  readonly settings: unknown
  /** Secrets by name: values to store, undefined for what is to be forgotten since a reference takes its place. */
  readonly given: ReadonlyMap<string, string | undefined>
}

function merge(
  before: unknown,
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): Answers {
  let next: unknown = isSection(before) ? before : {}
  for (const [name, value] of Object.entries(settings)) next = withValue(next, parsePath(name), value ?? undefined)
  const given = new Map<string, string | undefined>()
  for (const [name, value] of Object.entries(secrets)) {
    next = withValue(next, parsePath(name), isReference(value) ? value : undefined)
    given.set(name, isReference(value) ? undefined : value)
  }
  return { before, settings: next, given }
}

/** The keys of an account that differ; all of it where there was none. */
function editsOf(path: Path, { before, settings: after }: Answers): ConfigEdit[] {
  if (!isSection(before) || !isSection(after)) return [{ path: formatPath(path), value: after }]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => ({ path: formatPath([...path, key]), value: after[key] }))
}
