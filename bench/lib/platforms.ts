import { join } from 'node:path'
import type { Counterpart } from '@openclaw/testing'

/** A platform of the bench: its counterpart with a crowd, and where its plugin lies. */
export interface Platform {
  readonly name: string
  readonly plugin: string
  /** What the account needs beside the counterpart's own, so that it is measured and not its patience. */
  readonly settings?: object
  start(people: number): Promise<Crowd>
}

/** A counterpart, and everybody who is there. */
export interface Crowd {
  readonly counterpart: Counterpart
  readonly people: readonly [string, ...string[]]
}

const folder = (name: string) => join(import.meta.dirname, '../../plugins', `channel-${name}`)

const crowdOf = (counterpart: Counterpart): Crowd => ({ counterpart, people: counterpart.people })

/** Each library is loaded only when its platform is measured. */
export const platforms: readonly Platform[] = [
  {
    name: 'telegram',
    plugin: folder('telegram'),
    start: async (people) => crowdOf(await (await import('@openclaw/testing/telegram')).telegramEmulator({ people })),
  },
  {
    name: 'discord',
    plugin: folder('discord'),
    start: async (people) => crowdOf(await (await import('@openclaw/testing/discord')).discordEmulator({ people })),
  },
  {
    name: 'slack',
    plugin: folder('slack'),
    start: async (people) => crowdOf(await (await import('@openclaw/testing/slack')).slackEmulator({ people })),
  },
  {
    name: 'irc',
    plugin: folder('irc'),
    // A server that lets a bot say as much as it likes; the default limits would be all that is measured.
    settings: { flood: { burst: 100_000, everyMs: 1 } },
    async start(people) {
      const counterpart = await (await import('@openclaw/testing/irc')).ircEmulator()
      const names = Array.from({ length: people }, (_, at) => `person${at}`)
      for (const name of names) await counterpart.enters(name, name)
      return { counterpart, people: names.map((name) => `account:${name}`) as [string, ...string[]] }
    },
  },
]
