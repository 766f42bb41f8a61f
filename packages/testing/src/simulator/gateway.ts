import { createAgent } from '@openclaw/agent'
import { createKernel, type BundledPlugin, type Kernel } from '@openclaw/kernel'
import { channelTo, type Outdoors } from './channel.ts'
import { modelId, simulatedModel, simulatedTools, type Moods } from './model.ts'
import type { Place } from './people.ts'

/** Where everything stands on the simulated disk. */
export const home = '/home'

/** A model that says nothing for so long has failed. */
const idleMs = 3000

/** Starts the real kernel in a life, with the agent in process and everything outside simulated. */
export function startGateway(places: readonly Place[], outdoors: Outdoors, moods: Moods): Promise<Kernel> {
  const { platform } = outdoors.life
  const provider = plugin('simulated', 'provider', simulatedModel(outdoors, moods))
  const tools = plugin('deeds', 'tool', simulatedTools(outdoors))
  const channels = places.map((place) => {
    const channel = channelTo(place, outdoors)
    const { id, account } = channel
    return plugin(id, 'channel', channel, { account })
  })
  return createKernel({
    home,
    version: '0.0.0-simulated',
    platform,
    bundled: [provider, tools, ...channels],
    agent: {
      inProcess: (transport) =>
        createAgent({
          transport,
          bundled: {
            'simulated/provider': provider.load['provider']!,
            'deeds/tool': tools.load['tool']!,
          },
          clock: platform.clock,
          idleMs,
          // What is on this machine's disk is no part of a simulated one.
          prompts: { build: async ({ root }) => `You work in ${root}.` },
        }),
    },
    defaultModel: modelId,
    listen: false,
  })
}

function plugin(id: string, hook: 'channel' | 'provider' | 'tool', entry: unknown, config?: object): BundledPlugin {
  return {
    package: {
      name: `@simulated/${id}`,
      version: '0.0.0',
      openclaw: {
        id,
        label: id,
        api: 1,
        hooks: { [hook]: `./${hook}` },
        permissions: {},
        ...(config ? { config: './config' } : {}),
      },
    },
    load: { [hook]: async () => ({ default: entry }), ...(config ? { config: async () => config } : {}) },
  }
}
