import type { BundledPlugin } from '@openclaw/kernel'
import controlUi from '@openclaw/gateway-control-ui/package.json' with { type: 'json' }
import offline from '@openclaw/provider-offline/package.json' with { type: 'json' }
import openai from '@openclaw/provider-openai/package.json' with { type: 'json' }
import bash from '@openclaw/tool-bash/package.json' with { type: 'json' }
import files from '@openclaw/tool-files/package.json' with { type: 'json' }

/** The plugins that come with the program: their manifests, and their modules, imported when they are needed. */
export const bundled: readonly BundledPlugin[] = [
  {
    package: offline,
    load: {
      provider: () => import('@openclaw/provider-offline/provider'),
      config: () => import('@openclaw/provider-offline/config'),
    },
  },
  {
    package: openai,
    load: {
      provider: () => import('@openclaw/provider-openai/provider'),
      config: () => import('@openclaw/provider-openai/config'),
    },
  },
  {
    package: files,
    load: { tool: () => import('@openclaw/tool-files/tool'), config: () => import('@openclaw/tool-files/config') },
  },
  {
    package: bash,
    load: { tool: () => import('@openclaw/tool-bash/tool'), config: () => import('@openclaw/tool-bash/config') },
  },
  {
    package: controlUi,
    load: {
      gateway: () => import('@openclaw/gateway-control-ui/gateway'),
      config: () => import('@openclaw/gateway-control-ui/config'),
    },
  },
]

/** All their modules, as a plugin's process looks them up: `files/tool`, `files/config`. */
export const pluginModules: Readonly<Record<string, () => Promise<unknown>>> = Object.fromEntries(
  bundled.flatMap(({ package: { openclaw }, load }) =>
    Object.entries(load).map(([part, entry]) => [`${(openclaw as { id: string }).id}/${part}`, entry] as const),
  ),
)

/** The entries among them that run in the agent process, as the agent looks them up. */
export const agentEntries: Readonly<Record<string, () => Promise<unknown>>> = Object.fromEntries(
  Object.entries(pluginModules).filter(([name]) => /\/(tool|provider)$/.test(name)),
)
