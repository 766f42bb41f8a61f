import { join } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'

/** Does something with a home while no gateway can start on it. Throws `conflict` when somebody uses it. */
export async function atRest<T>(cli: Cli, work: () => Promise<T>): Promise<T> {
  const { realPlatform } = await import('@openclaw/kernel')
  const { files } = realPlatform()
  if (!(await files.stat(cli.home)))
    throw failure('not_found', `There is no home at ${cli.home}; name another one with --home.`)
  using lock = await files.lock(join(cli.home, 'gateway.lock'))
  if (!lock) throw failure('conflict', `Another process uses ${cli.home} right now; try again when it has ended.`)
  return await work()
}
