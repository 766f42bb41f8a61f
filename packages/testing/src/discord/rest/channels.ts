import type { Route } from '../http.ts'
import { ChannelType, refuse } from '../model.ts'
import type { World } from '../world.ts'
import { textOf } from './messages.ts'

/** https://docs.discord.com/developers/resources/channel, user and guild */
export function channelRoutes(world: World): Route[] {
  const guildOf = (id = '') => (id === world.guild.id ? world.guild : refuse(404, 10004, 'Unknown Guild'))
  return [
    { method: 'GET', path: '/users/@me', serve: () => world.bot },
    {
      method: 'POST',
      path: '/users/@me/channels',
      serve: ({ body }) => world.direct(textOf(body.recipient_id) ?? ''),
    },
    {
      method: 'GET',
      path: '/channels/:channel',
      serve({ at }) {
        const channel = world.channelOf(at.channel ?? '')
        world.requires(channel, 'VIEW_CHANNEL')
        return channel
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/threads',
      serve({ at, body }) {
        const parent = world.channelOf(at.channel ?? '')
        world.requires(parent, 'SEND_MESSAGES')
        const of = { parent_id: parent.id, ...(parent.guild_id ? { guild_id: parent.guild_id } : {}) }
        const about = { id: world.makeId(), type: ChannelType.publicThread, name: textOf(body.name) ?? '' }
        const thread = { ...about, ...of, last_message_id: null }
        world.channels.set(thread.id, thread)
        world.emit({ t: 'THREAD_CREATE', channel: parent.id, d: { ...thread, newly_created: true } })
        return thread
      },
    },
    { method: 'GET', path: '/guilds/:guild', serve: ({ at }) => guildOf(at.guild) },
    { method: 'GET', path: '/guilds/:guild/roles', serve: ({ at }) => guildOf(at.guild).roles },
    {
      method: 'GET',
      path: '/guilds/:guild/members/:user',
      serve({ at }) {
        guildOf(at.guild)
        const user = world.people.get(at.user ?? '') ?? refuse(404, 10007, 'Unknown Member')
        return { ...world.memberOf(user.id), user }
      },
    },
  ]
}
