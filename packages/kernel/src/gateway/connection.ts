import { link, type Incoming, type Transport, type Wire } from '@openclaw/client'
import { failure, methods, protocolVersion, type MethodResult } from '@openclaw/protocol'
import type { Caller } from '@openclaw/sdk'
import type { Dispatch } from './dispatch.ts'
import type { Identity } from './rights.ts'

/** Somebody who is connected and known. */
export interface Connection {
  readonly identity: Identity
  readonly wire: Wire
  /** Their token ended: nothing is answered any more, and the socket closes once what was asked is out. */
  end(reason: string): void
}

/** What `connect` answers, beside what is known of the caller. */
export interface Greeting {
  readonly version: string
  readonly epoch: string
  readonly maxFrameBytes: number
  readonly sessionOf: (who: Identity) => string
}

export function hello(greeting: Greeting, identity: Identity, token?: string): MethodResult<'connect'> {
  return {
    protocol: protocolVersion,
    version: greeting.version,
    epoch: greeting.epoch,
    principal: identity.principal,
    role: identity.role,
    rights: [...identity.rights],
    session: greeting.sessionOf(identity),
    maxFrameBytes: greeting.maxFrameBytes,
    ...(token === undefined ? {} : { token }),
  }
}

/** Serves the method table to one caller over any transport, with the rights of their record. */
export function serve(
  transport: Transport,
  identity: Identity,
  options: {
    readonly dispatch: Dispatch
    readonly now: () => number
    /** Answers a `connect` over this transport; a socket has answered it already. */
    readonly greet?: () => MethodResult<'connect'>
    readonly onEnd?: (reason: string) => void
  },
): Connection {
  const { dispatch, now } = options
  let greet = options.greet
  let ended: string | undefined

  const callerOf = (incoming: Incoming): Caller => ({
    principal: identity.principal,
    role: identity.role,
    rights: identity.rights,
    get signal() {
      return incoming.signal
    },
  })
  const end = (reason: string) => {
    if (ended) return
    ended = reason
    options.onEnd?.(reason)
  }
  const connect = async (params: unknown) => {
    const first = greet
    greet = undefined
    if (!first) throw failure('conflict', 'connect: this socket is connected already; open another one')
    await dispatch.check('connect', methods.connect, params ?? {})
    return first()
  }
  const wire = link(transport, {
    handlers: (name: string) => {
      if (name === 'connect') return connect
      const served = dispatch.find(name)
      return (
        served &&
        ((params, incoming) => {
          if (identity.expiresAt !== undefined && identity.expiresAt <= now()) end('the token expired')
          if (ended) throw failure('unauthorized', `${name}: ${ended}; connect again`)
          return dispatch.call(name, served, params, callerOf(incoming))
        })
      )
    },
  })
  return { identity, wire, end }
}
