import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Counterpart } from '@openclaw/testing'
import type { Vendors } from '../../providers/vendors.ts'
import { furnish } from '../channels/home.ts'

const root = join(import.meta.dirname, '../../..')
const plugins = [
  'channel-telegram',
  'channel-discord',
  'provider-anthropic',
  'provider-google',
  'provider-openrouter',
  'tool-web',
  'tool-mcp',
  'tool-memory',
  'tool-cron',
  'tool-message',
  'tool-sessions',
  'tool-gateway',
].map((name) => join(root, 'plugins', name))

/** The models of the day, one for each shape. */
export const models = {
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  chat: 'deepseek/deepseek-chat',
  responses: 'gpt-5',
} as const

/** Dollars for a million tokens, the same for each. */
export const price = { input: 0.1, output: 0.4 }

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
  const provider = (shape: keyof typeof models) => ({
    config: {
      baseUrl: vendors.baseUrl(shape),
      key: 'env:MODEL_KEY',
      models: [{ id: models[shape], contextTokens }],
      prices: { [models[shape]]: price },
    },
  })
  const everything = createRequire(join(root, 'plugins/tool-mcp/package.json')).resolve(
    '@modelcontextprotocol/server-everything/dist/index.js',
  )
  const server = { command: process.execPath, args: [everything], only: ['echo'], effects: { echo: 'read' } }
  await furnish(
    home,
    {
      agents: {
        main: { model: `anthropic/${models.anthropic}`, fallbacks: [`google/${models.gemini}`], thinking: 'low' },
        work: { model: `openrouter/${models.chat}`, fallbacks: [`openai/${models.responses}`] },
      },
      bindings: [{ agent: 'work', match: { channel: 'discord' } }],
      channels: {
        telegram: { dm: { policy: 'allowlist' }, accounts: { default: telegram.account } },
        discord: { dm: { policy: 'allowlist' }, accounts: { default: discord.account } },
      },
      plugins: {
        anthropic: provider('anthropic'),
        google: provider('gemini'),
        openrouter: provider('chat'),
        openai: { config: { ...provider('responses').config, api: 'responses' } },
        web: { config: { allowPrivate: [new URL(site).host], search: { provider: 'searxng', url: site } } },
        mcp: { config: { servers: { mcp: server } } },
      },
    },
    plugins,
  )
}
