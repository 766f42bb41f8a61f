import { failure } from '@openclaw/protocol'
import type { PluginSchema } from '../config/configuration.ts'
import { isSection, valueAt } from '../config/path.ts'
import { deadline, within } from '../deadline.ts'
import type { Clock } from '../platform.ts'
import { isChannelOnly, messageOf, type Plugged } from './plugged.ts'

/** Time that a `config` module has to be imported. */
const importMs = 10_000

/** Loads the schemas of everything found, each once. What has none that can be loaded is given to `park`. */
export async function loadSchemas(
  plugged: readonly Plugged[],
  clock: Clock,
  /** Imports its `config` module, where its code runs. */
  load: (one: Plugged) => Promise<unknown>,
  park: (one: Plugged, reason: string) => void,
): Promise<readonly PluginSchema[]> {
  const schemas: PluginSchema[] = []
  for (const one of plugged) {
    const { plugin } = one.finding
    if (!plugin || (one.state === 'parked' && !one.schema)) continue
    const { id } = plugin.manifest
    try {
      if (!one.schema) Object.assign(one, await schemasOf(one, clock, load))
      if (one.account) schemas.push({ id, channel: true, schema: one.account })
      if (!isChannelOnly(one)) schemas.push({ id, channel: false, schema: one.schema ?? {} })
    } catch (error) {
      park(one, `its configuration schema cannot be loaded: ${messageOf(error)}`)
    }
  }
  return schemas
}

/** The `config` module exports `config` for the plugin and `account` for a channel's accounts; a channel alone needs only one. */
async function schemasOf(
  one: Plugged,
  clock: Clock,
  load: (one: Plugged) => Promise<unknown>,
): Promise<Pick<Plugged, 'schema' | 'account'>> {
  const { plugin } = one.finding
  if (!plugin?.manifest.config) return { schema: {} }
  using limit = deadline(clock, importMs, `importing the schema of ${plugin.name}`)
  const module = await within(load(one), limit.signal)
  const schema = valueAt(module, ['config']) ?? valueAt(module, ['default'])
  const account = valueAt(module, ['account']) ?? (isChannelOnly(one) ? schema : undefined)
  if (!isSection(schema) && !isSection(account))
    throw failure('invalid_config', `${plugin.name} exports no config from ${plugin.manifest.config}`)
  return { schema: isSection(schema) && !isChannelOnly(one) ? schema : {}, ...(isSection(account) ? { account } : {}) }
}
