import { bundled } from '../bundled.ts'
import { defineCommand } from '../command.ts'
import { install, lookFor } from '../plugins/install.ts'
import { reload } from '../plugins/reload.ts'
import { readSpec } from '../plugins/spec.ts'
import { printable } from '../terminal.ts'

export const add = defineCommand({
  takes: {
    plugin: { about: 'A short name for an official plugin, the full name of another package, a folder or a tarball' },
  },
  options: { yes: { type: 'boolean', short: 'y', about: 'Do not ask' } },
  details:
    'Its scripts do not run, its version and integrity are pinned, and what it may do is shown before anything is installed. An update that\nwants more than before asks again. When something fails, what was installed before is there unchanged.',
  example: 'telegram',
  async run({ plugin: word, yes }, cli) {
    const candidate = await lookFor(readSpec(word), cli)
    const { plugin, source } = candidate
    if (bundled.some((one) => one.package.name === plugin.name)) {
      return {
        value: { name: plugin.name, id: plugin.manifest.id, installed: false, bundled: true },
        text: `${plugin.name} comes with openclaw; there is nothing to install.`,
        next: ['Look at it', `plugins inspect ${plugin.manifest.id}`],
      }
    }
    const { before, same } = await install(candidate, yes, cli)
    const state = await reload(plugin.manifest.id, cli)
    const what = `${plugin.manifest.label}: ${plugin.name} ${plugin.version}`
    return {
      value: {
        name: plugin.name,
        id: plugin.manifest.id,
        version: plugin.version,
        ...(source.kind === 'link' ? { folder: source.folder } : { integrity: source.integrity }),
        installed: !same,
        ...(state ? { state: state.state, ...(state.reason ? { reason: state.reason } : {}) } : {}),
      },
      text: [
        same
          ? `${what} is installed already.`
          : source.kind === 'link'
            ? `${what} is linked from ${source.folder}.`
            : `${what} is installed${before ? ` in place of ${before.version}` : ''}.`,
        ...(state
          ? [`It is ${state.state}${state.reason ? `: ${cli.pasteable(printable(state.reason))}` : ''}.`]
          : ['It is plugged in when the gateway starts.']),
      ],
      next: !state
        ? ['Start the gateway', '']
        : plugin.manifest.hooks.channel !== undefined && state.state === 'disabled'
          ? ['Connect it', `channels add ${plugin.manifest.id}`]
          : ['Look at it', `plugins inspect ${plugin.manifest.id}`],
    }
  },
})
