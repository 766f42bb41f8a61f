import type { Models, Provider, ProviderSetup } from '@openclaw/sdk'

/**
 * The configurations of a provider that has several keys: the same with each of them as its `key`. A key that stands
 * there twice counts once; what names no further keys has one configuration, as it is.
 */
export function poolOf(config: unknown): readonly unknown[] {
  if (typeof config !== 'object' || config === null || !('keys' in config)) return [config]
  const { key, keys, ...rest } = config as { key?: unknown; keys?: unknown }
  const all = new Set([key, ...(Array.isArray(keys) ? keys : [])].filter((one) => typeof one === 'string' && one))
  return all.size === 0 ? [rest] : [...all].map((one) => ({ ...rest, key: one }))
}

/** Connects a provider once for each of its keys, in their order. Never empty. */
export async function connectPool(
  provider: Provider,
  setup: ProviderSetup,
): Promise<readonly [Models, ...(readonly Models[])]> {
  const [first, ...others] = poolOf(setup.config).map((config) => () => provider.connect({ ...setup, config }))
  const pool: [Models, ...Models[]] = [await first!()]
  for (const connect of others) pool.push(await connect())
  return pool
}
