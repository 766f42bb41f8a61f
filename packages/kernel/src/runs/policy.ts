import { toolGroups, toolProfiles, type Config, type ToolRules, type ToolSpec } from '@openclaw/protocol'
import { formatPath, type Path } from '../config/path.ts'

/** Whose tools are asked about. */
export interface Whose {
  /** The agent, and those above it when it is a sub-agent: it has nothing that they have not. */
  readonly agents: readonly string[]
  /** Where it is said, and where the answer goes. */
  readonly channels: readonly string[]
  /** Who says it, as `channel/account/person`, other than the owner. */
  readonly senders: readonly string[]
  /** The session, and those above it. */
  readonly sessions: readonly string[]
}

export type Named = Pick<ToolSpec, 'name' | 'plugin'>

/** Why a tool is not there: the rule that took it away, and what would let it in. */
export interface Removal {
  readonly path: string
  readonly reason: string
  readonly change: string
}

/** One place of the configuration that takes tools away. */
export interface Stage {
  readonly path: Path
  readonly rules: ToolRules
  removes(tool: Named): Removal | undefined
}

/** The stages that count for somebody, in order; every one of them only removes. */
export interface Policy {
  stages(whose: Whose): readonly Stage[]
}

/** `*` stands for any run of characters, everything else for itself; case does not count. */
function glob(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`, 'is')
  return (name) => expression.test(name)
}

/** What a rule fits: `group:NAME`, `plugin:ID`, or a tool's name. */
export function ruleFits(rule: string): (tool: Named) => boolean {
  const [kind, name] = rule.split(':', 2) as [string, string?]
  if (kind === 'group' && name !== undefined) {
    const members = (toolGroups as Readonly<Record<string, readonly string[]>>)[name]
    return (tool) => members?.includes(tool.name) === true
  }
  const fits = glob(name ?? rule)
  return kind === 'plugin' && name !== undefined ? (tool) => fits(tool.plugin) : (tool) => fits(tool.name)
}

function stageOf(path: Path, rules: ToolRules): Stage {
  const at = formatPath(path)
  const deny = rules.deny?.map(ruleFits) ?? []
  const allow = rules.allow?.map(ruleFits)
  const profile = rules.profile === undefined ? undefined : toolProfiles[rules.profile].map(ruleFits)
  return {
    path,
    rules,
    removes(tool) {
      const denied = deny.findIndex((fits) => fits(tool))
      if (denied >= 0)
        return {
          path: `${at}.deny.${denied}`,
          reason: 'denied by the configuration',
          change: `take ${JSON.stringify(rules.deny![denied])} out of ${at}.deny`,
        }
      if (profile && !profile.some((fits) => fits(tool)))
        return {
          path: `${at}.profile`,
          reason: `not in the profile "${rules.profile}"`,
          change: `set ${at}.profile to ${profilesWith(tool).join(' or ')}`,
        }
      if (allow && !allow.some((fits) => fits(tool)))
        return {
          path: `${at}.allow`,
          reason: 'not among the allowed tools',
          change: `add ${JSON.stringify(tool.name)} to ${at}.allow`,
        }
      return undefined
    },
  }
}

/** The profiles that have a tool; `full` has all. */
function profilesWith(tool: Named): string[] {
  return Object.entries(toolProfiles).flatMap(([name, rules]) =>
    rules.some((rule) => ruleFits(rule)(tool)) ? [name] : [],
  )
}

/** Reads the rules of one configuration. Each is made ready when it is first needed, once. */
export function readPolicy(config: Config): Policy {
  const ready = new Map<ToolRules, Stage>()
  const stage = (path: Path, rules: ToolRules | undefined): readonly Stage[] => {
    if (!rules || (!rules.profile && !rules.allow && !rules.deny)) return []
    let found = ready.get(rules)
    if (!found) ready.set(rules, (found = stageOf(path, rules)))
    return [found]
  }
  const sessions = Object.entries(config.sessions?.tools ?? {}).map(([key, rules]) => ({
    fits: key.includes('*') ? glob(key) : (session: string) => session === key,
    stages: stage(['sessions', 'tools', key], rules),
  }))

  function bySender(sender: string): readonly Stage[] {
    const [channel = '', , ...id] = sender.split('/')
    const all = config.channels?.[channel]?.toolsBySender
    const person = id.join('/')
    const key = all && Object.hasOwn(all, person) ? person : '*'
    return stage(['channels', channel, 'toolsBySender', key], all?.[key])
  }

  return {
    stages: ({ agents, channels, senders, sessions: keys }) => [
      ...new Set([
        ...stage(['tools'], config.tools),
        ...agents.flatMap((id) => stage(['agents', id, 'tools'], config.agents?.[id]?.tools)),
        ...channels.flatMap((id) => stage(['channels', id, 'tools'], config.channels?.[id]?.tools)),
        ...senders.flatMap(bySender),
        ...sessions.flatMap(({ fits, stages }) => (keys.some(fits) ? stages : [])),
      ]),
    ],
  }
}

/** Says of each tool whether the policy takes it away. */
export type Judge = (tool: Named) => Removal | undefined

/**
 * Makes judges. One goes by the configuration in force whenever it is asked, so that what is tightened counts for runs in
 * progress too; what it goes by is found once for each configuration, and again when `whose` becomes another value.
 */
export function openPolicy(config: () => Config): (whose: () => Whose) => Judge {
  let held: { readonly config: Config; readonly policy: Policy } | undefined
  return (whose) => {
    let found: { readonly config: Config; readonly whose: Whose; readonly stages: readonly Stage[] } | undefined
    return (tool) => {
      const now = config()
      const asked = whose()
      if (held?.config !== now) held = { config: now, policy: readPolicy(now) }
      if (found?.config !== now || found.whose !== asked)
        found = { config: now, whose: asked, stages: held.policy.stages(asked) }
      for (const stage of found.stages) {
        const removal = stage.removes(tool)
        if (removal) return removal
      }
      return undefined
    }
  }
}
