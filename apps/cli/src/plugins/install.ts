import { failure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { printable } from '../terminal.ts'
import { findCandidate, type Candidate } from './candidate.ts'
import { asPlugin, tellPermissions, widened, type PluginPackage } from './manifest.ts'
import type { Spec } from './spec.ts'
import { openTree, type PluginTree } from './tree.ts'

/** Finds what a spec means, and says so when that takes long. */
export async function lookFor(spec: Spec, cli: Cli): Promise<Candidate> {
  const name = spec.kind === 'official' ? spec.short : spec.kind === 'package' ? spec.name : spec.path
  using _ = cli.terminal.progress(`Looking for ${printable(name)}`)
  return await findCandidate(spec, cli.scope, cli.untilStopped())
}

/**
 * Installs it once a person agreed to what it may do, and resolves with the version that was there before. Nothing
 * happens when it is there already: `same`. Throws `aborted` without a yes, and `conflict` when another package has its id.
 */
export async function install(
  candidate: Candidate,
  yes: boolean,
  cli: Cli,
): Promise<{ readonly before: PluginPackage | undefined; readonly same: boolean }> {
  const { plugin, source } = candidate
  await using tree = await openTree(cli.home, cli.untilStopped())
  const before = await installedAs(plugin, tree)
  const same = before?.version === plugin.version && source.kind === 'registry'
  if (same) return { before, same }
  await consent(candidate, before, yes, cli)
  using _ = cli.terminal.progress(`Installing ${plugin.name}`)
  if (source.kind === 'link') await tree.link(plugin.name, source.folder)
  else if (source.kind === 'file')
    await tree.install(plugin.name, { tarball: source.tarball, version: plugin.version }, source.integrity)
  else await tree.install(plugin.name, { version: plugin.version }, source.integrity)
  return { before, same }
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
