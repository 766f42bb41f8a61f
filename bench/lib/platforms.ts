import { join } from 'node:path'
import type { Counterpart } from '@openclaw/testing'

/** A platform of the bench: its counterpart with a crowd, and where its plugin lies. */
export interface Platform {
  readonly name: string
  readonly plugin: string
  /** What the account needs beside the counterpart's own, so that it is measured and not its patience. */
  readonly settings?: object
  start(people: number): Promise<Counterpart>
}

const folder = (name: string) => join(import.meta.dirname, '../../plugins', `channel-${name}`)

/** Each library is loaded only when its platform is measured. */
export const platforms: readonly Platform[] = [
  {
    name: 'telegram',
    plugin: folder('telegram'),
    start: async (people) => (await import('@openclaw/testing/telegram')).telegramEmulator({ people }),
  },
  {
    name: 'discord',
    plugin: folder('discord'),
    start: async (people) => (await import('@openclaw/testing/discord')).discordEmulator({ people }),
  },
  {
    name: 'slack',
    plugin: folder('slack'),
    start: async (people) => (await import('@openclaw/testing/slack')).slackEmulator({ people }),
  },
  {
    name: 'irc',
    plugin: folder('irc'),
    // A server that lets a bot say as much as it likes; the default limits would be all that is measured.
    settings: { flood: { burst: 100_000, everyMs: 1 } },
    start: async (people) => (await import('@openclaw/testing/irc')).ircEmulator({ people }),
  },
]
