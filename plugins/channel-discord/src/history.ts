import { Routes, SnowflakeUtil, type APIGuildMember } from 'discord.js'
import { toFailure } from '@openclaw/sdk'
import type { DiscordAccount } from './config.ts'
import type { SomeMessage } from './inbound.ts'
import type { Place } from './places.ts'
import type { Rest } from './rest.ts'

/** What is older is no longer waited for. */
const maxAgeMs = 24 * 60 * 60_000
/** The most that one request gives: https://docs.discord.com/developers/resources/message#get-channel-messages */
const pageSize = 100
const maxPages = 5

/**
 * What was said in a channel after a message, the oldest first: at most 500 messages, and none older than a day.
 * Those of a guild get the roles that their writers have now.
 */
export async function readMissed(
  { id, clock, log }: DiscordAccount,
  rest: Rest,
  channel: string,
  last: string,
  place: Place,
): Promise<SomeMessage[]> {
  const doing = { doing: `reading what was missed in channel ${channel}`, permission: 'Read Message History' }
  const dayAgo = SnowflakeUtil.generate({ timestamp: clock.now() - maxAgeMs })
  const missed: SomeMessage[] = []
  for (let page = 0; page < maxPages; page++) {
    const from = missed.at(-1)?.id ?? (BigInt(last) > dayAgo ? last : String(dayAgo))
    const query = new URLSearchParams({ after: from, limit: String(pageSize) })
    const found = await rest.ask<SomeMessage[]>('get', Routes.channelMessages(channel), doing, { query })
    missed.push(...found.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1)))
    if (found.length < pageSize) return withMembers(rest, missed, place)
  }
  log.warn(`discord/${id}: more was missed in channel ${channel} than is read`, { read: missed.length })
  return withMembers(rest, missed, place)
}

async function withMembers(rest: Rest, messages: SomeMessage[], place: Place): Promise<SomeMessage[]> {
  if ('person' in place) return messages
  const members = new Map<string, APIGuildMember | undefined>()
  for (const { author, webhook_id: hook } of messages) {
    if (members.has(author.id) || author.bot || hook) continue
    const doing = { doing: `looking up member ${author.id} of server ${place.guild}` }
    members.set(
      author.id,
      await rest.ask<APIGuildMember>('get', Routes.guildMember(place.guild, author.id), doing).catch(noMember),
    )
  }
  return messages.map((message) => {
    const member = members.get(message.author.id)
    return member ? { ...message, member } : message
  })
}

/** Who has left has no roles. */
function noMember(error: unknown): undefined {
  if (toFailure(error).code !== 'not_found') throw error
}
