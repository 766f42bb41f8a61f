import { Config } from '@openclaw/protocol'
import type { PluginSchema } from './configuration.ts'
import type { JsonSchema } from './json-schema.ts'

/** The schema of the kernel's own part. */
const base = Config as unknown as JsonSchema

/**
 * One schema for the whole file, with the schemas of what is installed in their places. It is what the check uses and,
 * as `schema.json`, what an editor uses.
 */
export function composeSchema(plugins: readonly PluginSchema[]): JsonSchema {
  const channels: Record<string, JsonSchema> = {}
  const configs: Record<string, JsonSchema> = {}
  const channel = entryOf('channels')
  const plugin = entryOf('plugins')
  for (const { id, channel: isChannel, schema } of plugins) {
    // What is wrong in a plugin's own part keeps this plugin or account off, and says all of it.
    const own: JsonSchema = { ...(schema as JsonSchema), restricts: true, closed: {} }
    if (isChannel) {
      const accounts = { ...channel.properties?.['accounts'], patternProperties: { '^.*$': own } }
      channels[id] = { ...channel, properties: { ...channel.properties, accounts } }
      // A channel may plug in elsewhere too, with a configuration of its own beside its accounts.
      configs[id] ??= plugin
    } else {
      configs[id] = { ...plugin, properties: { ...plugin.properties, config: own } }
    }
  }
  const properties = base.properties ?? {}
  return {
    ...base,
    properties: {
      ...properties,
      channels: { ...properties['channels'], properties: channels },
      plugins: { ...properties['plugins'], properties: configs },
    },
  }
}

/** Schema of the values of a record such as `channels`. */
function entryOf(record: string): JsonSchema {
  return Object.values(base.properties?.[record]?.patternProperties ?? {})[0] ?? {}
}

/** The text of `schema.json` (https://json-schema.org/draft/2020-12). */
export function writeSchema(schema: JsonSchema): string {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'OpenClaw configuration', ...schema }, null, 2)}\n`
}
