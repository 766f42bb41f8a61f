import { failure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { bundled } from '../bundled.ts'
import { findCandidate, type Candidate } from '../plugins/candidate.ts'
import { asPlugin, tellPermissions, widened, type PluginPackage } from '../plugins/manifest.ts'
import { reload } from '../plugins/reload.ts'
import { readSpec } from '../plugins/spec.ts'
import { openTree, type PluginTree } from '../plugins/tree.ts'
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
    const signal = cli.untilStopped()
    const candidate = await look(word, signal, cli)
    const { plugin, source } = candidate
    if (bundled.some((one) => one.package.name === plugin.name)) {
      return {
        value: { name: plugin.name, id: plugin.manifest.id, installed: false, bundled: true },
        text: `${plugin.name} comes with openclaw; there is nothing to install.`,
        next: ['Look at it', `plugins inspect ${plugin.manifest.id}`],
      }
    }
    const tree = cli.scope.use(await openTree(cli.home, signal))
    const before = await installedAs(plugin, tree)
    const same = before?.version === plugin.version && source.kind === 'registry'
    if (!same) {
      await consent(candidate, before, yes, cli)
      using _ = cli.terminal.progress(`Installing ${plugin.name}`)
      if (source.kind === 'link') await tree.link(plugin.name, source.folder)
      else if (source.kind === 'file')
        await tree.install(plugin.name, { tarball: source.tarball, version: plugin.version }, source.integrity)
      else await tree.install(plugin.name, { version: plugin.version }, source.integrity)
    }
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
      next: state ? ['Look at it', `plugins inspect ${plugin.manifest.id}`] : ['Start the gateway', ''],
    }
  },
})

async function look(word: string, signal: AbortSignal, cli: Cli): Promise<Candidate> {
  using _ = cli.terminal.progress(`Looking for ${printable(word)}`)
  return await findCandidate(readSpec(word), cli.scope, signal)
}

async function installedAs({ name, manifest }: PluginPackage, tree: PluginTree): Promise<PluginPackage | undefined> {
  for (const other of Object.keys(await tree.installed())) {
    const packageJson = await tree.read(other)
    const found = packageJson && asPlugin(packageJson)
    if (other === name) return found
    if (found?.manifest.id === manifest.id)
      throw failure(
        'conflict',
        `${name} calls itself "${manifest.id}", and so does ${other}, which is installed. Remove that one first: \`openclaw plugins remove ${other}\``,
      )
  }
  return undefined
}

/** Shows what would be installed, and asks unless it is ours and wants nothing new. */
async function consent(
  { plugin, official, source }: Candidate,
  before: PluginPackage | undefined,
  yes: boolean,
  cli: Cli,
): Promise<void> {
  const more = before ? widened(before.manifest, plugin.manifest) : []
  const lines = [
    `${plugin.manifest.label}: ${plugin.name} ${plugin.version}${before ? ` (now ${before.version})` : ''}`,
    `Publisher   ${source.kind === 'registry' ? source.publisher : source.kind === 'link' ? 'this clone' : 'a file on this machine'}`,
    ...(source.kind === 'link' ? [] : [`Integrity   ${source.integrity}`]),
    ...(plugin.license ? [`License     ${plugin.license}`] : []),
    ...tellPermissions(plugin.manifest),
    ...(more.length > 0 ? [`New         ${more.join('; ')}`] : []),
  ]
  for (const line of lines) cli.terminal.tell(printable(line))
  const asks = more.length > 0 || (before === undefined && !official)
  if (yes || !asks) return
  const answer = await cli.terminal.ask(
    more.length > 0
      ? 'It wants more than before. Update it? [y/N] '
      : 'Its code runs on this machine. Install it? [y/N] ',
    cli.untilStopped(),
  )
  if (answer === undefined)
    throw failure(
      'aborted',
      `${plugin.name} was not installed: ${more.length > 0 ? 'it wants more than before' : 'it is not one of ours'}, so it wants a yes. Give --yes.`,
    )
  if (!/^y(es)?$/i.test(answer.trim())) throw failure('aborted', `${plugin.name} was not installed.`)
}
