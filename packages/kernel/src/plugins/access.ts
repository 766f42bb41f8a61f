import type { Events } from '../gateway/events.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { localOwner } from '../gateway/rights.ts'
import type { GatewayAccess } from './host.ts'

/** What gateway entries reach of a gateway. `gateway` is asked for when a plugin uses it, not before. */
export function accessTo(parts: {
  readonly events: Events
  gateway(): Gateway
  /** The gateway stops. */
  readonly closing: AbortSignal
}): GatewayAccess {
  const { events, gateway, closing } = parts
  return {
    address: () => gateway().address,
    on: (event, listen) => events.listen((told) => (told.event === event || event === '*') && listen(told.envelope)),
    call: (plugin, method, params) =>
      gateway().call(method, params ?? {}, { ...localOwner, principal: `plugin:${plugin}`, signal: closing }),
  }
}
