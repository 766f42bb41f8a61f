import type { Address, Config, Inbound, MethodResult, Peer } from '@openclaw/protocol'
import { compileBindings, type Tier } from './bindings.ts'
import { sessionKey } from './key.ts'

/** A config rule's result. */
export interface Route {
  readonly agent: string
  readonly session: string
  /** Which tier decided: `peer`, `parent`, `guild+roles`, `guild`, `team`, `account`, `channel`, `default`. */
  readonly tier: string
  readonly binding?: number
}

/** What a route is made from. */
export interface Facts {
  readonly channel: string
  readonly account: string
  readonly peer: Peer
  readonly parent?: string
  readonly guild?: string
  readonly team?: string
  readonly roles?: readonly string[]
}

export interface Router {
  route(facts: Facts): Route
  explain(facts: Facts): MethodResult<'route.explain'>
}

/** What a session key says. A key of another shape is kept as it is and has no parts. */
export interface KeyParts {
  readonly agent: string
  readonly channel: string
  readonly account: string
  readonly peer: Peer
}
export type { Address, Inbound }

/** The agent that answers where no binding decides: the first marked `default`, else `main`, which always exists. */
export function defaultAgent(config: Config): string {
  return Object.entries(config.agents ?? {}).find(([, agent]) => agent.default)?.[0] ?? 'main'
}

/**
 * A router for one configuration; make another when it changes. A binding whose agent is not configured goes to the
 * default agent, and the configuration names the problem.
 */
export function makeRouter(config: Config): Router {
  const bindings = config.bindings ?? []
  const compiled = compileBindings(bindings)
  const fallback = defaultAgent(config)
  const known = (agent: string) => agent === 'main' || Object.hasOwn(config.agents ?? {}, agent)
  const agentOf = (binding: number) => {
    const agent = bindings[binding]?.agent ?? fallback
    return known(agent) ? agent : fallback
  }

  const route = (facts: Facts): Route => {
    const match = compiled.find(facts)
    const agent = match ? agentOf(match.binding) : fallback
    const session = sessionKey(agent, facts.channel, facts.account, facts.peer)
    return match ? { agent, session, tier: match.tier, binding: match.binding } : { agent, session, tier: 'default' }
  }

  return {
    route,
    explain(facts) {
      const result = route(facts)
      const steps: string[] = []
      for (const { tier, binding } of compiled.trace(facts)) {
        if (binding === undefined) {
          steps.push(`${tier}: no binding for ${asked(tier, facts)}`)
          continue
        }
        const wanted = bindings[binding]?.agent ?? fallback
        steps.push(`${tier}: bindings.${binding} fits ${asked(tier, facts)} and names ${wanted}`)
        if (!known(wanted)) steps.push(`agent ${wanted} is not configured, so ${fallback}, the default agent, answers`)
        break
      }
      if (result.tier === 'default') steps.push(`default: ${fallback} answers where no binding decides`)
      return { ...result, steps }
    },
  }
}

/** What a tier looked for, in words. */
function asked(tier: Tier, { channel, account, peer, parent, guild, team, roles }: Facts): string {
  if (tier === 'peer') return `${peer.kind} ${peer.id}`
  if (tier === 'parent') return parent === undefined ? 'a parent, as there is none' : `parent ${parent}`
  if (tier === 'guild+roles') return `guild ${guild ?? '(none)'} with roles ${roles?.join(', ') || '(none)'}`
  if (tier === 'guild') return `guild ${guild ?? '(none)'}`
  if (tier === 'team') return `team ${team ?? '(none)'}`
  return tier === 'account' ? `account ${channel}/${account}` : `any account of ${channel}`
}
