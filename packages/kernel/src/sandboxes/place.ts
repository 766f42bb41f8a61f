import { createHash } from 'node:crypto'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { failure, type AgentConfig, type Config, type SandboxConfig, type SandboxPlace } from '@openclaw/protocol'
import type { Files } from '../platform.ts'

/** What the configuration says of an agent's sandboxes, with nothing left open but who makes them. */
export type SandboxRules = Required<Omit<SandboxConfig, 'use'>> & Pick<SandboxConfig, 'use'>

/** What stands at the agent wins over what stands for all. */
export function sandboxRules(config: Config, agent: AgentConfig | undefined): SandboxRules {
  return { mode: 'non-owner', sharing: 'session', workspace: 'none', ...config.sandbox, ...agent?.sandbox }
}

const sharings = ['session', 'agent', 'shared'] as const
const views = ['none', 'ro', 'rw'] as const
/** The one that stands first in the list. */
function first<T>(list: readonly T[], one: T, other: T): T {
  return list.indexOf(one) < list.indexOf(other) ? one : other
}

/** Rules that let nobody do or see more than both do: a sub-agent is confined as those above it are. */
export function narrower(rules: SandboxRules, other: SandboxRules, owners: boolean): SandboxRules {
  // Where the owner is alone `all` confines them; everybody else has nothing at all while it is `off`.
  const strictest = owners ? 'all' : 'off'
  return {
    ...rules,
    mode: other.mode === strictest ? strictest : rules.mode,
    sharing: first(sharings, rules.sharing, other.sharing),
    workspace: first(views, rules.workspace, other.workspace),
  }
}

/** Folder of an agent: the main one's is `workspace/`, as people expect it. */
export function agentFolder(home: string, agent: string, config: AgentConfig | undefined): string {
  return config?.workspace ?? (agent === 'main' ? join(home, 'workspace') : join(home, 'workspaces', agent))
}

/** Members and groups work in a folder of their own, named by a digest so that no peer's id becomes a path. */
export function peerFolder(home: string, agent: string, key: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 16)
  return join(home, agent === 'main' ? 'workspace' : `workspaces/${agent}`, 'peers', digest)
}

/** True for a folder in another one, and for the folder itself. */
function isWithin(folder: string, above: string): boolean {
  const way = relative(above, folder)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/**
 * The place of a session's tools; makes its folders. Throws `forbidden` for a workspace in which the gateway's own state
 * lies: its keys would be in the sandbox.
 */
export async function sandboxPlace(
  files: Files,
  { session, agent, home, config }: { session: string; agent: string; home: string; config: AgentConfig | undefined },
  { sharing, workspace }: Pick<SandboxRules, 'sharing' | 'workspace'>,
): Promise<SandboxPlace> {
  // Links are followed here, once, so that what was looked at is what will be shown.
  const make = async (folder: string) => {
    await files.makeFolder(folder)
    return await files.realpath(folder)
  }
  const key = sharing === 'session' ? session : sharing === 'agent' ? `agent:${agent}` : 'shared'
  const own = await make(peerFolder(home, sharing === 'shared' ? 'main' : agent, key))
  const inOwn = { folder: own, target: '/workspace', access: 'rw' as const, hidden: [] }
  if (workspace === 'none') return { key, agent, mounts: [inOwn] }
  const folder = await make(agentFolder(home, agent, config))
  if (isWithin(await files.realpath(home), folder))
    throw failure(
      'forbidden',
      `sandbox: the workspace ${folder} of ${agent} holds the gateway's own folder ${home}, so no sandbox may see it; set agents.${agent}.workspace to another folder, or sandbox.workspace to none`,
    )
  // Other people's folders, where they lie in it.
  const peers = dirname(own)
  const hidden = isWithin(peers, folder) ? [relative(folder, peers).split(sep).join('/')] : []
  // Each agent has a workspace of its own, so those who share one share an agent too.
  const whose = sharing === 'shared' ? `shared:${agent}` : key
  const mounts =
    workspace === 'ro'
      ? [inOwn, { folder, target: '/agent', access: 'ro' as const, hidden }]
      : [{ folder, target: '/workspace', access: 'rw' as const, hidden }]
  return { key: whose, agent, mounts }
}
