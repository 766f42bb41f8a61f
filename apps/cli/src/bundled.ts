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

/** The entries among them that run in the agent process, as the agent looks them up: `files/tool`. */
export const agentEntries: Readonly<Record<string, () => Promise<unknown>>> = Object.fromEntries(
  bundled.flatMap(({ package: { openclaw }, load }) =>
    (['tool', 'provider'] as const).flatMap((hook) => {
      const entry = load[hook]
      return entry ? [[`${(openclaw as { id: string }).id}/${hook}`, entry] as const] : []
    }),
  ),
)
