import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Counterpart } from '@openclaw/testing'
import { models, providerFolders, providerRules } from '../../providers/models.ts'
import type { Vendors } from '../../providers/vendors.ts'
import { furnish } from '../channels/home.ts'

const root = join(import.meta.dirname, '../../..')
const plugins = [
  'channel-telegram',
  'channel-discord',
  'tool-web',
  'tool-mcp',
  'tool-memory',
  'tool-cron',
  'tool-message',
  'tool-sessions',
  'tool-gateway',
].map((name) => join(root, 'plugins', name))

/** So small that a long talk fills it. */
const contextTokens = 32_000

/**
 * A home with two agents: `main` answers on Telegram, `work` on Discord. Each has a model of another shape, and falls
 * back to one of a third and a fourth.
 */
export async function furnishDay(
  home: string,
  { vendors, site, telegram, discord }: { vendors: Vendors; site: string; telegram: Counterpart; discord: Counterpart },
): Promise<void> {
  const everything = createRequire(join(root, 'plugins/tool-mcp/package.json')).resolve(
    '@modelcontextprotocol/server-everything/dist/index.js',
  )
  const server = { command: process.execPath, args: [everything], only: ['echo'], effects: { echo: 'read' } }
  await furnish(
    home,
    {
      agents: {
        main: { model: models.anthropic, fallbacks: [models.gemini], thinking: 'low' },
        work: { model: models.chat, fallbacks: [models.responses] },
      },
      // Notes are what most of the day's calls make, after every kind of text was read.
      tools: { lasting: 'never-ask' },
      bindings: [{ agent: 'work', match: { channel: 'discord' } }],
      channels: {
        telegram: { dm: { policy: 'allowlist' }, accounts: { default: telegram.account } },
        discord: { dm: { policy: 'allowlist' }, accounts: { default: discord.account } },
      },
      plugins: {
        ...providerRules(vendors, contextTokens),
        web: { config: { allowPrivate: [new URL(site).host], search: { provider: 'searxng', url: site } } },
        mcp: { config: { servers: { mcp: server } } },
      },
    },
    [...providerFolders, ...plugins],
  )
}
