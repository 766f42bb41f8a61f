import { failure } from '@openclaw/sdk'
import { ChannelType, GatewayDispatchEvents, Routes, type APIRole, type GatewayDispatchPayload } from 'discord.js'
import { remember } from './bounded.ts'
import type { Rest } from './rest.ts'

/** Where something is said: with one person, or in a channel of a guild. */
export type Place = { readonly person: string } | GuildPlace

export interface GuildPlace {
  readonly guild: string
  readonly channel: string
  /** Of a thread or a forum's post: the channel that holds it. */
  readonly parent?: string
  readonly name?: string
}

/** What is known of channels: learned from events, asked for where none came. */
export interface Places {
  /** Rejects when Discord cannot say just now. */
  find(channel: string): Promise<Place>
  known(channel: string): Place | undefined
  /** Takes in a channel as events and answers have it. */
  learn(channel: SomeChannel, guild?: string): Place | undefined
  forget(channel: string): void
  learnRoles(guild: string, roles: readonly APIRole[]): void
  /** The role that a guild made for the bot when it was invited. */
  ownRole(guild: string): Promise<string | undefined>
}

export interface SomeChannel {
  readonly id: string
  readonly type: ChannelType
  readonly name?: string | null
  readonly guild_id?: string
  readonly parent_id?: string | null
  readonly recipients?: readonly { readonly id: string }[]
}

const maxChannels = 5000
const maxGuilds = 500

export function openPlaces(rest: Rest, self: string): Places {
  const places = new Map<string, Place>()
  const roles = new Map<string, string | undefined>()

  const learn: Places['learn'] = (channel, guild) => {
    const place = placeOf(channel, guild)
    if (place) remember(places, channel.id, place, maxChannels)
    return place
  }
  const learnRoles: Places['learnRoles'] = (guild, given) => {
    remember(roles, guild, given.find(({ tags }) => tags?.bot_id === self)?.id, maxGuilds)
  }

  return {
    async find(channel) {
      const known = places.get(channel)
      if (known) return known
      const doing = { doing: `looking up channel ${channel}` }
      const place = learn(await rest.ask<SomeChannel>('get', Routes.channel(channel), doing))
      if (place) return place
      throw failure('not_found', `discord: channel ${channel} is of a kind that is not known`)
    },
    known: (channel) => places.get(channel),
    learn,
    forget: (channel) => void places.delete(channel),
    learnRoles,
    async ownRole(guild) {
      if (!roles.has(guild)) {
        const doing = { doing: `looking up the roles of server ${guild}` }
        learnRoles(guild, await rest.ask<APIRole[]>('get', Routes.guildRoles(guild), doing))
      }
      return roles.get(guild)
    },
  }
}

function placeOf(channel: SomeChannel, given?: string): Place | undefined {
  const person = channel.recipients?.[0]?.id
  if (channel.type === ChannelType.DM) return person ? { person } : undefined
  const guild = channel.guild_id ?? given
  if (!guild) return undefined
  const parent = isThread(channel.type) ? channel.parent_id : undefined
  const name = channel.name ? { name: isThread(channel.type) ? channel.name : `#${channel.name}` } : {}
  return { guild, channel: channel.id, ...(parent ? { parent } : {}), ...name }
}

/** A forum's post is a thread too: https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
function isThread(type: ChannelType): boolean {
  return (
    type === ChannelType.PublicThread || type === ChannelType.PrivateThread || type === ChannelType.AnnouncementThread
  )
}

/** Takes in what an event says of channels and roles; other events say nothing of them. */
export function learnPlaces(places: Places, event: GatewayDispatchPayload): void {
  switch (event.t) {
    case GatewayDispatchEvents.GuildCreate: {
      const { id, channels, threads, roles, unavailable } = event.d
      if (unavailable) return
      for (const channel of [...channels, ...threads]) places.learn(channel, id)
      places.learnRoles(id, roles)
      break
    }
    case GatewayDispatchEvents.ChannelCreate:
    case GatewayDispatchEvents.ChannelUpdate:
    case GatewayDispatchEvents.ThreadCreate:
    case GatewayDispatchEvents.ThreadUpdate:
      places.learn(event.d)
      break
    case GatewayDispatchEvents.ChannelDelete:
    case GatewayDispatchEvents.ThreadDelete:
      places.forget(event.d.id)
      break
    default:
  }
}
