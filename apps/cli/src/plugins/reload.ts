import type { MethodResult } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'

/** Tells a running gateway that the plugins changed; what it says of this one, or undefined when none runs. */
export async function reload(
  id: string,
  cli: Cli,
): Promise<MethodResult<'plugins.reload'>['plugins'][number] | undefined> {
  const gateway = await cli.findGateway()
  if (!gateway) return undefined
  const { plugins } = await gateway.call('plugins.reload', {})
  return plugins.find((plugin) => plugin.id === id)
}
