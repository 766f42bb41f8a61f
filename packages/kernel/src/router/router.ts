import type { Address, Inbound, MethodResult, Peer } from '@openclaw/protocol'

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
