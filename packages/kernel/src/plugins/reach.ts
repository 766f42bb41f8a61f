import type { Serves } from '@openclaw/client'
import type { GatewayForAgentMethods } from '@openclaw/protocol'
import type { Plugins } from './host.ts'

/** What the agent may ask about the processes of plugins. */
export function reachHandlers({
  reach,
  end,
}: Pick<Plugins, 'reach' | 'end'>): Pick<Serves<GatewayForAgentMethods>, 'plugin.reach' | 'plugin.end'> {
  return {
    'plugin.reach': async ({ plugin }, { signal }) => ({ path: await reach(plugin, signal) }),
    'plugin.end'({ plugin, why }) {
      end(plugin, why)
      return {}
    },
  }
}
