import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Channel, Traits } from '@openclaw/sdk'
import type { Counterpart } from '@openclaw/testing'
import { points, type Point } from './points.ts'
import { webChat } from './webchat.ts'

/** The gateway that runs now, as a platform reaches it. */
export interface Gateway {
  readonly home: string
  /** Undefined while none runs. */
  address(): string | undefined
  /** Hands over a webhook's call; answers 503 while none runs. */
  forward(request: Request): Promise<Response>
}

/** Somewhere people write from. */
export interface Place {
  readonly name: string
  readonly delivery: Traits['delivery']
  /** What the gateway needs for it; nothing for its own page. */
  readonly plugin?: { readonly id: string; readonly folder: string }
  /** Named points that a message meets there. */
  readonly points: readonly Point[]
  start(gateway: Gateway): Promise<Counterpart>
}

const all = Object.keys(points) as Point[]
const root = join(import.meta.dirname, '../../..')

/** Wherever people can write from, by name: the page, a plugin that is not ours, and the channels of this workspace. */
export const places = {
  webchat: async () => ({
    name: 'web chat',
    delivery: 'effectively-once',
    // The page is not sent an answer: it reads what is settled.
    points: all.filter((point) => point !== 'between send and receipt'),
    start: webChat,
  }),
  webhook: async () => {
    const folder = 'examples/openclaw-plugin-example'
    execFileSync('pnpm', ['run', 'build'], {
      cwd: join(root, folder),
      stdio: 'pipe',
      shell: process.platform === 'win32',
    })
    const { startPlatform } = await import('../../../examples/openclaw-plugin-example/test/counterpart.ts')
    const { default: channel } = await import('../../../examples/openclaw-plugin-example/src/channel.ts')
    return placeOf(channel, folder, ({ forward }) => startPlatform(forward))
  },
  telegram: async () => {
    const { telegramEmulator } = await import('@openclaw/testing/telegram')
    const { default: channel } = await import('../../../plugins/channel-telegram/src/channel.ts')
    return placeOf(channel, 'plugins/channel-telegram', () => telegramEmulator())
  },
  discord: async () => {
    const { discordEmulator } = await import('@openclaw/testing/discord')
    const { default: channel } = await import('../../../plugins/channel-discord/src/channel.ts')
    return placeOf(channel, 'plugins/channel-discord', () => discordEmulator())
  },
  slack: async () => {
    const { slackEmulator } = await import('@openclaw/testing/slack')
    const { default: channel } = await import('../../../plugins/channel-slack/src/channel.ts')
    // Slack waits for minutes before it gives an event again; a test does not.
    const retryMs = [300, 300, 600, 1200, 2400, 4800]
    return placeOf(channel, 'plugins/channel-slack', () => slackEmulator({ retryMs }))
  },
  irc: async () => {
    const { ircEmulator } = await import('@openclaw/testing/irc')
    const { default: channel } = await import('../../../plugins/channel-irc/src/channel.ts')
    return placeOf(channel, 'plugins/channel-irc', () => ircEmulator())
  },
} satisfies Record<string, () => Promise<Place>>

function placeOf({ id, traits }: Channel, folder: string, start: Place['start']): Place {
  return { name: id, delivery: traits.delivery, plugin: { id, folder: join(root, folder) }, points: all, start }
}
