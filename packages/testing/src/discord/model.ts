/** Shapes of Discord's API v10, as far as the emulator has them: https://docs.discord.com/developers/reference */
export interface User {
  readonly id: string
  readonly username: string
  readonly global_name: string | null
  readonly discriminator: string
  readonly avatar: null
  readonly bot?: boolean
}

export interface Role {
  readonly id: string
  readonly name: string
  readonly managed: boolean
  readonly tags?: { readonly bot_id: string }
}

export interface Member {
  readonly user?: User
  readonly nick: string | null
  readonly roles: readonly string[]
}

/** Numbers of https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
export const ChannelType = { text: 0, direct: 1, publicThread: 11, forum: 15 } as const

export interface Channel {
  readonly id: string
  readonly type: number
  readonly name?: string
  readonly guild_id?: string
  readonly parent_id?: string
  readonly recipients?: readonly User[]
  readonly last_message_id: string | null
}

export interface Attachment {
  readonly id: string
  readonly filename: string
  readonly content_type: string
  readonly size: number
  readonly url: string
  readonly proxy_url: string
}

export interface Component {
  readonly type: number
  readonly custom_id?: string
  readonly label?: string
  readonly style?: number
  readonly components?: readonly Component[]
}

export interface Message {
  readonly id: string
  readonly channel_id: string
  readonly guild_id?: string
  readonly author: User
  readonly member?: Member
  readonly content: string
  readonly timestamp: string
  readonly edited_timestamp: string | null
  readonly tts: boolean
  readonly pinned: boolean
  readonly mention_everyone: boolean
  readonly mentions: readonly User[]
  readonly mention_roles: readonly string[]
  readonly attachments: readonly Attachment[]
  readonly embeds: readonly unknown[]
  readonly components: readonly Component[]
  readonly type: number
  readonly flags: number
  readonly nonce?: string
  readonly webhook_id?: string
  readonly application_id?: string
  readonly message_reference?: Reference
  readonly referenced_message?: Message | null
  readonly [further: string]: unknown
}

export interface Reference {
  readonly message_id: string
  readonly channel_id: string
  readonly guild_id?: string
}

/** What somebody is told over the gateway: an event's name and its data. */
export interface GatewayEvent {
  readonly t: string
  readonly d: unknown
  /** In which channel it happens; absent for what concerns no channel. */
  readonly channel?: string
}

/** The bits of https://docs.discord.com/developers/events/gateway#gateway-intents that events here need. */
export const Intent = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  guildReactions: 1 << 10,
  guildTyping: 1 << 11,
  directMessages: 1 << 12,
  directReactions: 1 << 13,
  directTyping: 1 << 14,
  messageContent: 1 << 15,
} as const

/** Flags of an application that say which privileged intents were switched on in the developer portal. */
export const ApplicationFlag = { messageContent: 1 << 18, messageContentLimited: 1 << 19 } as const

/** An answer other than success, in the API's own form: https://docs.discord.com/developers/topics/opcodes-and-status-codes */
export interface Refusal {
  readonly refusal: true
  readonly status: number
  readonly code: number
  readonly message: string
  readonly more: Record<string, unknown>
}

/** Ends a request with an error of the API. */
export function refuse(status: number, code: number, message: string, more: Record<string, unknown> = {}): never {
  throw Object.assign(new Error(message), { refusal: true, status, code, more } as const)
}

/** Whether something thrown is an answer of the API. */
export function isRefusal(thrown: unknown): thrown is Refusal {
  return typeof thrown === 'object' && thrown !== null && 'refusal' in thrown
}

/** `Invalid Form Body`, naming the field and what is wrong with it. */
export function refuseField(field: string, code: string, message: string): never {
  return refuse(400, 50035, 'Invalid Form Body', { errors: { [field]: { _errors: [{ code, message }] } } })
}
