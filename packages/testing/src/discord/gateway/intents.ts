import { Intent, type GatewayEvent, type Message } from '../model.ts'

/** The intent that brings an event; 0 needs none. https://docs.discord.com/developers/events/gateway#list-of-intents */
function needed({ t, d }: GatewayEvent): number {
  const guild = typeof d === 'object' && d !== null && 'guild_id' in d
  if (t.startsWith('MESSAGE_REACTION_')) return guild ? Intent.guildReactions : Intent.directReactions
  if (t.startsWith('MESSAGE_')) return guild ? Intent.guildMessages : Intent.directMessages
  if (t.startsWith('TYPING_')) return guild ? Intent.guildTyping : Intent.directTyping
  if (/^(GUILD|CHANNEL|THREAD)_/.test(t)) return Intent.guilds
  return 0
}

/**
 * An event as a session with these intents gets it; undefined when it gets none. Without the message content intent
 * what people wrote is empty, unless it was written to the bot:
 * https://docs.discord.com/developers/events/gateway#message-content-intent
 */
export function filterEvent(event: GatewayEvent, intents: number, bot: string): GatewayEvent | undefined {
  const need = needed(event)
  if (need !== 0 && (intents & need) === 0) return undefined
  if (!/^MESSAGE_(CREATE|UPDATE)$/.test(event.t) || (intents & Intent.messageContent) !== 0) return event
  const message = event.d as Message
  const ours = message.author.id === bot || !message.guild_id || message.mentions.some(({ id }) => id === bot)
  return ours ? event : { ...event, d: { ...message, content: '', attachments: [], embeds: [], components: [] } }
}

const privileged = Intent.guildMembers | Intent.guildPresences | Intent.messageContent
const known = (1 << 26) - 1

/** The close code for intents that cannot be had; undefined when they can. */
export function faultOfIntents(intents: unknown, contentGranted: boolean): number | undefined {
  if (typeof intents !== 'number' || intents < 0 || (intents & ~known) !== 0) return 4013
  const granted = contentGranted ? Intent.messageContent : 0
  return (intents & privileged & ~granted) === 0 ? undefined : 4014
}
