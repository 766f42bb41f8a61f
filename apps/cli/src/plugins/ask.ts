import { failure, toFailure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'

/** Calls a method that a plugin serves. Rejects with `not_found` and the way to get the plugin when it is not there. */
export async function askPlugin(
  cli: Cli,
  plugin: { readonly id: string; readonly brings: string },
  method: string,
  params: object,
): Promise<unknown> {
  const gateway = await cli.gateway()
  try {
    return await gateway.callPlugin(method, params)
  } catch (thrown) {
    const { code, message } = toFailure(thrown)
    if (code !== 'not_found' || !message.includes(`"${method}"`)) throw thrown
    throw failure(
      'not_found',
      `${plugin.brings} need a plugin that is not here; \`openclaw plugins add ${plugin.id}\` brings it`,
      { cause: thrown },
    )
  }
}
