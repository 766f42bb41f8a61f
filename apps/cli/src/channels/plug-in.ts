import { failure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import type { Gateway } from '../gateway.ts'
import { install, lookFor } from '../plugins/install.ts'
import { reload } from '../plugins/reload.ts'
import { readChannelSpec } from '../plugins/spec.ts'

/** A channel that is plugged in, and its package when it was installed for that. */
export interface PluggedIn {
  readonly channel: string
  readonly installed?: { readonly name: string; readonly version: string }
}

/** Finds the channel that a word means, and installs its plugin when it is not there. */
export async function plugIn(word: string, yes: boolean, gateway: Gateway, cli: Cli): Promise<PluggedIn> {
  const { plugins } = await gateway.call('plugins.list', {})
  const there = plugins.find(({ id, name, hooks }) => (id === word || name === word) && hooks.includes('channel'))
  if (there) return { channel: there.id }
  const candidate = await lookFor(readChannelSpec(word), cli)
  const { name, version, manifest } = candidate.plugin
  if (manifest.hooks.channel === undefined)
    throw failure(
      'unsupported',
      `${name} plugs into ${Object.keys(manifest.hooks).join(', ')} and is no channel; \`openclaw plugins add ${word}\` installs it.`,
    )
  await install(candidate, yes, cli)
  await reload(manifest.id, cli)
  cli.terminal.tell(`${manifest.label}: ${name} ${version} is installed.`)
  return { channel: manifest.id, installed: { name, version } }
}
