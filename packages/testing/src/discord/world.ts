import type { File } from '../channel/counterpart.ts'
import { ApplicationFlag, ChannelType, refuse } from './model.ts'
import type { Attachment, Channel, GatewayEvent, Member, Message, Role, User } from './model.ts'
import { makeSnowflakes } from './snowflake.ts'

/** Permissions that can be taken from the bot in a channel. */
export type Permission =
  | 'VIEW_CHANNEL'
  | 'SEND_MESSAGES'
  | 'ATTACH_FILES'
  | 'ADD_REACTIONS'
  | 'READ_MESSAGE_HISTORY'
  | 'MANAGE_MESSAGES'

/** Who and what is there: one guild with a channel, a thread, a forum and its post, the people, and all messages. */
export interface World {
  readonly bot: User
  readonly application: { readonly id: string; readonly name: string; readonly flags: number; readonly bot: User }
  readonly guild: { readonly id: string; readonly name: string; readonly roles: readonly Role[] }
  readonly people: ReadonlyMap<string, User>
  readonly channels: Map<string, Channel>
  /** Every message that stands, by channel, the oldest first. */
  readonly messages: ReadonlyMap<string, ReadonlyMap<string, Message>>
  /** The bot's messages that stand, the oldest first. */
  readonly ours: ReadonlyMap<string, Message>
  /** Commands that the application registered. */
  readonly commands: unknown[]
  /** Permissions taken from the bot, as `<channel> <permission>`. */
  readonly denied: Set<string>
  /** People who take no direct messages. */
  readonly closedTo: Set<string>
  readonly makeId: () => string
  readonly now: () => number
  /** The present moment as the API writes it; never the same one twice, as nobody edits twice in one. */
  stamp(): string
  /** The member that somebody is in the guild. */
  memberOf(user: string): Member
  direct(person: string): Channel
  channelOf(id: string): Channel
  messageOf(channel: string, id: string): Message
  put(message: Message): void
  remove(message: Message): void
  /** Keeps a file and says where it can be fetched. */
  keep(channel: string, file: File): Attachment
  /** Kept files by the path of their address. */
  readonly files: ReadonlyMap<string, File>
  /** A file by its address; undefined when the link has expired. */
  download(address: URL): File | undefined
  /** The message with links to its files that work now. */
  show(message: Message): Message
  /** From now on the links given out before answer 404, as Discord's do after a day. */
  expireLinks(): void
  requires(channel: Channel, permission: Permission): void
  emit(event: GatewayEvent): void
  listen(listener: (event: GatewayEvent) => void): void
}

export const ids = {
  bot: '100000000000000001',
  people: ['200000000000000001', '200000000000000002', '200000000000000003'],
  guild: '300000000000000001',
  botRole: '300000000000000002',
  helperRole: '300000000000000003',
  general: '400000000000000001',
  thread: '400000000000000002',
  forum: '400000000000000003',
  post: '400000000000000004',
} as const

const names = ['ada', 'bob', 'cleo']

/** A fresh world. `cdn` is the address under which files are fetched; it is asked for when one is shown. */
export function makeWorld(options: {
  now: () => number
  messageContent: boolean
  cdn: () => string
  people: number
}): World {
  const bot: User = makeUser(ids.bot, 'claw', true)
  const people = new Map<string, User>(
    Array.from({ length: options.people }, (_, at) => {
      const id = ids.people[at] ?? String(BigInt(ids.people[0]) + BigInt(at))
      return [id, makeUser(id, names[at] ?? `person${at + 1}`)]
    }),
  )
  const guild = {
    id: ids.guild,
    name: 'The Guild',
    roles: [
      { id: ids.guild, name: '@everyone', managed: false },
      { id: ids.botRole, name: 'claw', managed: true, tags: { bot_id: ids.bot } },
      { id: ids.helperRole, name: 'helpers', managed: false },
    ],
  }
  const inGuild = { guild_id: guild.id, last_message_id: null }
  const channels = new Map<string, Channel>()
  for (const channel of [
    { id: ids.general, type: ChannelType.text, name: 'general', ...inGuild },
    { id: ids.thread, type: ChannelType.publicThread, name: 'side talk', parent_id: ids.general, ...inGuild },
    { id: ids.forum, type: ChannelType.forum, name: 'questions', ...inGuild },
    { id: ids.post, type: ChannelType.publicThread, name: 'How to?', parent_id: ids.forum, ...inGuild },
  ])
    channels.set(channel.id, channel)
  const directs = new Map<string, string>()
  const messages = new Map<string, Map<string, Message>>()
  const ours = new Map<string, Message>()
  const denied = new Set<string>()
  const files = new Map<string, File>()
  const listeners = new Set<(event: GatewayEvent) => void>()
  const makeId = makeSnowflakes(options.now)
  let signature = 1
  let stampedMs = 0

  const linked = (attachment: Attachment): Attachment => {
    const url = `${options.cdn()}${new URL(attachment.url, options.cdn()).pathname}?ex=6&is=5&hm=${signature}`
    return { ...attachment, url, proxy_url: url }
  }

  const world: World = {
    bot,
    application: {
      id: ids.bot,
      name: 'Claw',
      flags: options.messageContent ? ApplicationFlag.messageContentLimited : 0,
      bot,
    },
    guild,
    people,
    channels,
    messages,
    ours,
    commands: [],
    denied,
    closedTo: new Set(),
    makeId,
    now: options.now,
    stamp() {
      stampedMs = Math.max(stampedMs + 1, options.now())
      return new Date(stampedMs).toISOString().replace('Z', '000+00:00')
    },
    memberOf: (user) => ({ nick: null, roles: user === String(ids.people[0]) ? [ids.helperRole] : [] }),
    direct(person) {
      const recipient = people.get(person) ?? refuseUser()
      const id = directs.get(person) ?? makeId()
      const channel = channels.get(id) ?? {
        id,
        type: ChannelType.direct,
        recipients: [recipient],
        last_message_id: null,
      }
      directs.set(person, id)
      channels.set(id, channel)
      return channel
    },
    channelOf: (id) => channels.get(id) ?? refuse(404, 10003, 'Unknown Channel'),
    messageOf: (channel, id) => messages.get(channel)?.get(id) ?? refuse(404, 10008, 'Unknown Message'),
    put(message) {
      const { channel_id: id } = message
      const standing = messages.get(id) ?? new Map<string, Message>()
      messages.set(id, standing.set(message.id, message))
      if (message.author.id === bot.id) ours.set(message.id, message)
      const channel = world.channelOf(id)
      if (!channel.last_message_id || BigInt(message.id) > BigInt(channel.last_message_id))
        channels.set(id, { ...channel, last_message_id: message.id })
    },
    remove({ id, channel_id }) {
      messages.get(channel_id)?.delete(id)
      ours.delete(id)
    },
    keep(channel, file) {
      const id = makeId()
      const path = `/attachments/${channel}/${id}/${encodeURIComponent(file.name)}`
      files.set(path, file)
      const about = { id, filename: file.name, content_type: file.mime, size: file.bytes.byteLength }
      return linked({ ...about, url: path, proxy_url: path })
    },
    files,
    download: ({ pathname, searchParams }) =>
      searchParams.get('hm') === String(signature) ? files.get(pathname) : undefined,
    show: (message) => ({
      ...message,
      attachments: message.attachments.map(linked),
      ...(message.referenced_message ? { referenced_message: world.show(message.referenced_message) } : {}),
    }),
    expireLinks: () => void signature++,
    requires(channel, permission) {
      if (permission !== 'VIEW_CHANNEL') world.requires(channel, 'VIEW_CHANNEL')
      const { id, parent_id: parent } = channel
      if (!denied.has(`${id} ${permission}`) && !(parent && denied.has(`${parent} ${permission}`))) return
      if (permission === 'VIEW_CHANNEL') refuse(403, 50001, 'Missing Access')
      refuse(403, 50013, 'Missing Permissions')
    },
    emit(event) {
      for (const tell of listeners) tell(event)
    },
    listen: (listener) => void listeners.add(listener),
  }
  return world
}

function makeUser(id: string, name: string, bot = false): User {
  const common = { id, username: name, global_name: bot ? null : name[0]!.toUpperCase() + name.slice(1) }
  return { ...common, discriminator: '0', avatar: null, ...(bot ? { bot } : {}) }
}

function refuseUser(): never {
  return refuse(400, 50033, 'Invalid Recipient(s)')
}
