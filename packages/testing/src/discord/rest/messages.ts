import type { Asked, Route } from '../http.ts'
import { ChannelType, refuse, refuseField } from '../model.ts'
import type { Channel, Component, Message, Reference, User } from '../model.ts'
import { byAge } from '../snowflake.ts'
import type { World } from '../world.ts'

/** Largest sum of the files of one message: https://docs.discord.com/developers/reference#uploading-files */
const maxUploadBytes = 10 * 1024 * 1024

/** What the message routes tell the rest of the emulator. */
export interface MessageNews {
  readonly nonceWindowMs: number
  typed(): void
  /** These were given out as history. */
  listed(messages: readonly Message[]): void
}

/** https://docs.discord.com/developers/resources/message */
export function messageRoutes(world: World, news: MessageNews): Route[] {
  const nonces = new Map<string, { readonly message: string; readonly until: number }>()

  return [
    {
      method: 'POST',
      path: '/channels/:channel/messages',
      step: 'send',
      serve({ at, body, files }) {
        const channel = world.channelOf(at.channel ?? '')
        mayWrite(world, channel, files.size > 0)
        const nonce = textOf(body.nonce)
        if (nonce !== undefined && nonce.length > 25)
          refuseField('nonce', 'NONCE_TYPE_TOO_LONG', 'Must be 25 or fewer in length.')
        const known = nonce !== undefined && body.enforce_nonce === true ? nonces.get(nonce) : undefined
        const earlier =
          known && known.until > world.now() ? world.messages.get(channel.id)?.get(known.message) : undefined
        if (earlier) return world.show(earlier)
        const message = createMessage(world, channel, world.bot, { body, files })
        if (nonce !== undefined) nonces.set(nonce, { message: message.id, until: world.now() + news.nonceWindowMs })
        return { ...world.show(message), ...(nonce === undefined ? {} : { nonce }) }
      },
    },
    {
      method: 'GET',
      path: '/channels/:channel/messages',
      step: 'history',
      serve({ at, query }) {
        const channel = world.channelOf(at.channel ?? '')
        world.requires(channel, 'READ_MESSAGE_HISTORY')
        const page = pageOf([...(world.messages.get(channel.id)?.values() ?? [])], query)
        news.listed(page)
        // Neither guild, member nor nonce stand in a message that is asked for over REST.
        return page.map(({ guild_id: _guild, member: _member, ...message }) => world.show(message))
      },
    },
    {
      method: 'GET',
      path: '/channels/:channel/messages/:message',
      serve({ at }) {
        world.requires(world.channelOf(at.channel ?? ''), 'READ_MESSAGE_HISTORY')
        return world.show(world.messageOf(at.channel ?? '', at.message ?? ''))
      },
    },
    {
      method: 'PATCH',
      path: '/channels/:channel/messages/:message',
      step: 'edit',
      serve({ at, body }) {
        world.requires(world.channelOf(at.channel ?? ''), 'VIEW_CHANNEL')
        const message = world.messageOf(at.channel ?? '', at.message ?? '')
        if (message.author.id !== world.bot.id) refuse(403, 50005, 'Cannot edit a message authored by another user')
        return world.show(editMessage(world, message, body))
      },
    },
    {
      method: 'DELETE',
      path: '/channels/:channel/messages/:message',
      serve({ at }) {
        const message = world.messageOf(at.channel ?? '', at.message ?? '')
        if (message.author.id !== world.bot.id) world.requires(world.channelOf(message.channel_id), 'MANAGE_MESSAGES')
        deleteMessage(world, message)
      },
    },
    {
      method: 'PUT',
      path: '/channels/:channel/messages/:message/reactions/:emoji/@me',
      serve({ at }) {
        const channel = world.channelOf(at.channel ?? '')
        world.requires(channel, 'ADD_REACTIONS')
        react(world, world.messageOf(channel.id, at.message ?? ''), world.bot.id, at.emoji ?? '')
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/typing',
      serve({ at }) {
        const channel = world.channelOf(at.channel ?? '')
        mayWrite(world, channel, false)
        news.typed()
        tellTyping(world, channel, world.bot.id)
      },
    },
  ]
}

/** Who types where, told to those who asked for it: https://docs.discord.com/developers/events/gateway-events#typing-start */
export function tellTyping(world: World, channel: Channel, user: string): void {
  const guild = channel.guild_id ? { guild_id: channel.guild_id, member: world.memberOf(user) } : {}
  const d = { channel_id: channel.id, user_id: user, timestamp: Math.floor(world.now() / 1000), ...guild }
  world.emit({ t: 'TYPING_START', channel: channel.id, d })
}

/** A message stands and is told about. The body is checked as Discord checks it. */
export function createMessage(
  world: World,
  channel: Channel,
  author: User,
  { body, files }: Pick<Asked, 'body' | 'files'>,
  more: Partial<Message> = {},
): Message {
  const content = checkContent(body)
  const components = checkComponents(body.components)
  if ([...files.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > maxUploadBytes)
    refuse(413, 40005, 'Request entity too large')
  if (!content && files.size === 0 && !('message_snapshots' in more) && !('poll' in more) && !('sticker_items' in more))
    refuse(400, 50006, 'Cannot send an empty message')
  const reference = referenceOf(world, channel, body.message_reference)
  const replied = reference ? world.messages.get(reference.channel_id)?.get(reference.message_id) : undefined
  const mentions = mentionsOf(world, content, body.allowed_mentions, replied)
  const message: Message = {
    id: world.makeId(),
    channel_id: channel.id,
    ...(channel.guild_id ? { guild_id: channel.guild_id, member: world.memberOf(author.id) } : {}),
    author,
    content,
    timestamp: world.stamp(),
    edited_timestamp: null,
    tts: false,
    pinned: false,
    mention_everyone: /@everyone|@here/.test(content),
    mentions,
    mention_roles: [...content.matchAll(/<@&(\d+)>/g)].map(([, role]) => role ?? ''),
    attachments: [...files.values()].map((file) => world.keep(channel.id, file)),
    embeds: [],
    components,
    type: reference ? 19 : 0,
    flags: typeof body.flags === 'number' ? body.flags : 0,
    ...(reference ? { message_reference: reference, referenced_message: replied ?? null } : {}),
    ...more,
  }
  world.put(message)
  const nonce = body.nonce === undefined ? {} : { nonce: body.nonce }
  const d = { ...world.show(message), channel_type: channel.type, ...nonce }
  world.emit({ t: 'MESSAGE_CREATE', channel: channel.id, d })
  return message
}

/** A message changes and is told about. */
export function editMessage(world: World, message: Message, body: Record<string, unknown>): Message {
  const edited: Message = {
    ...message,
    ...('content' in body ? { content: checkContent(body) } : {}),
    ...('components' in body ? { components: checkComponents(body.components) } : {}),
    edited_timestamp: world.stamp(),
  }
  world.put(edited)
  world.emit({ t: 'MESSAGE_UPDATE', channel: message.channel_id, d: world.show(edited) })
  return edited
}

export function deleteMessage(world: World, message: Message): void {
  world.remove(message)
  const guild = message.guild_id ? { guild_id: message.guild_id } : {}
  const d = { id: message.id, channel_id: message.channel_id, ...guild }
  world.emit({ t: 'MESSAGE_DELETE', channel: message.channel_id, d })
}

export function react(world: World, message: Message, user: string, emoji: string): void {
  const guild = message.guild_id ? { guild_id: message.guild_id } : {}
  const person = world.people.get(user)
  const member = message.guild_id && person ? { member: { ...world.memberOf(user), user: person } } : {}
  const [name = '', id = null] = emoji.split(':')
  const where = { channel_id: message.channel_id, message_id: message.id, message_author_id: message.author.id }
  const d = { user_id: user, ...where, emoji: { id, name }, burst: false, type: 0, ...guild, ...member }
  world.emit({ t: 'MESSAGE_REACTION_ADD', channel: message.channel_id, d })
}

function mayWrite(world: World, channel: Channel, files: boolean): void {
  const person = channel.recipients?.[0]?.id
  if (person && world.closedTo.has(person)) refuse(403, 50007, 'Cannot send messages to this user')
  if (channel.type === ChannelType.forum) refuse(400, 50008, 'Cannot send messages in a non-text channel')
  world.requires(channel, 'SEND_MESSAGES')
  if (files) world.requires(channel, 'ATTACH_FILES')
}

/** A text, or a number as one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function checkContent(body: Record<string, unknown>): string {
  const content = textOf(body.content) ?? ''
  if (content.length > 2000) refuseField('content', 'BASE_TYPE_MAX_LENGTH', 'Must be 2000 or fewer in length.')
  return content
}

function checkComponents(given: unknown): readonly Component[] {
  const rows = Array.isArray(given) ? (given as Component[]) : []
  const buttons = rows.flatMap((row) => row.components ?? [])
  if (rows.length > 5 || rows.some((row) => (row.components?.length ?? 0) > 5))
    refuseField('components', 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.')
  if (buttons.some(({ custom_id: id = '', label = '' }) => !id || id.length > 100 || label.length > 80))
    refuseField('components', 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.')
  if (new Set(buttons.map(({ custom_id }) => custom_id)).size !== buttons.length)
    refuseField('components', 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated')
  return rows
}

function referenceOf(world: World, channel: Channel, given: unknown): Reference | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const { message_id: id, fail_if_not_exists: fail } = given as { message_id?: string; fail_if_not_exists?: boolean }
  if (!id) return undefined
  if (world.messages.get(channel.id)?.has(id)) return { message_id: id, channel_id: channel.id }
  if (fail === false) return undefined
  return refuseField('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message')
}

function mentionsOf(world: World, content: string, allowed: unknown, replied: Message | undefined): User[] {
  const { parse, replied_user: ping } = (allowed ?? { parse: ['users'], replied_user: true }) as {
    parse?: string[]
    replied_user?: boolean
  }
  const named = parse?.includes('users') ? [...content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => id ?? '') : []
  const wanted = new Set([...named, ...(replied && ping ? [replied.author.id] : [])])
  return [world.bot, ...world.people.values()].filter(({ id }) => wanted.has(id))
}

function pageOf(messages: Message[], query: URLSearchParams): Message[] {
  const limit = Number(query.get('limit') ?? 50)
  if (!(limit >= 1 && limit <= 100)) refuseField('limit', 'NUMBER_TYPE_MAX', 'Must be between 1 and 100.')
  const [after, before] = [query.get('after'), query.get('before')]
  const sorted = messages.toSorted(byAge)
  // With `after` the page that follows; else the latest. Either way the newest stands first.
  if (after !== null)
    return sorted
      .filter(({ id }) => BigInt(id) > BigInt(after))
      .slice(0, limit)
      .toReversed()
  const older = before === null ? sorted : sorted.filter(({ id }) => BigInt(id) < BigInt(before))
  return older.slice(-limit).toReversed()
}
