import type { BindingConfig } from '@openclaw/protocol'
import type { Facts } from './router.ts'

/** The tiers of bindings, most specific first. `parent` is decided by the peer bindings of the peer that holds a thread. */
export const tiers = ['peer', 'parent', 'guild+roles', 'guild', 'team', 'account', 'channel'] as const
export type Tier = (typeof tiers)[number]

/**
 * Which fields a group of bindings names. All bindings of one shape stand in one map from the values of these fields,
 * so that a route costs one look-up for each shape that occurs (there are at most 96), however many bindings there are.
 */
interface Shape {
  readonly tier: Tier
  readonly account: boolean
  readonly peer: 'none' | 'id' | 'kind'
  readonly guild: boolean
  readonly team: boolean
  readonly roles: boolean
  /** From the values of the fields to the first binding in config order. */
  readonly first: Map<string, number>
}

/** A binding that applies, and the tier that it applies in. */
export interface Match {
  readonly tier: Tier
  readonly binding: number
}

/** Bindings ready to be asked. */
export interface Bindings {
  /** The most specific binding whose every field fits; within a tier the first in config order. */
  find(facts: Facts): Match | undefined
  /** The first that fits in each tier. */
  trace(facts: Facts): readonly { readonly tier: Tier; readonly binding: number | undefined }[]
}

const valuesKey = (values: readonly (string | undefined)[]) => JSON.stringify(values)

function tierOf(match: BindingConfig['match']): Tier | undefined {
  // Roles mean something only within a guild: such a binding matches nothing, and the configuration says so.
  if (match.roles && match.guild === undefined) return undefined
  if (match.peer) return 'peer'
  if (match.guild !== undefined) return match.roles ? 'guild+roles' : 'guild'
  if (match.team !== undefined) return 'team'
  return match.account === '*' ? 'channel' : 'account'
}

/** Compiles the bindings of a configuration once. An account that is absent in a binding means `default`. */
export function compileBindings(bindings: readonly BindingConfig[]): Bindings {
  const shapes = new Map<string, Shape>()
  bindings.forEach(({ match }, index) => {
    const tier = tierOf(match)
    if (!tier) return
    const peer = !match.peer ? 'none' : match.peer.kind ? 'kind' : 'id'
    const fields = {
      account: match.account !== '*',
      peer,
      guild: match.guild !== undefined,
      team: match.team !== undefined,
      roles: match.roles !== undefined,
    } as const
    const name = valuesKey([tier, ...Object.values(fields).map(String)])
    const shape = shapes.get(name) ?? { tier, ...fields, first: new Map() }
    shapes.set(name, shape)
    for (const role of match.roles ?? [undefined]) {
      const account = match.account === '*' ? undefined : (match.account ?? 'default')
      const values = valuesKey([
        match.channel,
        account,
        match.peer?.kind,
        match.peer?.id,
        match.guild,
        match.team,
        role,
      ])
      if (!shape.first.has(values)) shape.first.set(values, index)
    }
  })
  const byTier = new Map(
    tiers.map((tier) => [
      tier,
      [...shapes.values()].filter((shape) => shape.tier === (tier === 'parent' ? 'peer' : tier)),
    ]),
  )

  const lookUp = (tier: Tier, facts: Facts): number | undefined => {
    const peer = tier === 'parent' ? facts.parent : facts.peer.id
    if (peer === undefined) return undefined
    let found: number | undefined
    for (const shape of byTier.get(tier) ?? []) {
      if ((shape.guild && facts.guild === undefined) || (shape.team && facts.team === undefined)) continue
      for (const role of shape.roles ? (facts.roles ?? []) : [undefined]) {
        const index = shape.first.get(
          valuesKey([
            facts.channel,
            shape.account ? facts.account : undefined,
            shape.peer === 'kind' ? facts.peer.kind : undefined,
            shape.peer === 'none' ? undefined : peer,
            shape.guild ? facts.guild : undefined,
            shape.team ? facts.team : undefined,
            role,
          ]),
        )
        if (index !== undefined && (found === undefined || index < found)) found = index
      }
    }
    return found
  }

  return {
    find(facts) {
      for (const tier of tiers) {
        const binding = lookUp(tier, facts)
        if (binding !== undefined) return { tier, binding }
      }
      return undefined
    },
    trace: (facts) => tiers.map((tier) => ({ tier, binding: lookUp(tier, facts) })),
  }
}
