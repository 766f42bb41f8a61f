import { parseHtml, plain, type Formatted } from '../entities.ts'
import { refuse } from '../refusal.ts'
import type { Params } from '../request.ts'
import type { TelegramButton, TelegramEntity, TelegramMessage } from '../types.ts'
import type { Post, Room, World } from '../world.ts'

/** Limits after parsing (https://core.telegram.org/bots/api#sendmessage, #sendphoto). */
const maxText = 4096
const maxCaption = 1024

/** Where a call puts a message, and what goes with it whatever its content is. */
export interface Placed {
  readonly room: Room
  readonly fields: Partial<TelegramMessage>
  readonly extra: Pick<Post, 'replyTo'>
}

/** Reads the parameters that all sends share: chat, topic, reply and buttons. */
export function place(world: World, params: Params): Placed {
  const room = world.target(params.integer('chat_id'))
  const thread = params.integer('message_thread_id')
  if (thread !== undefined && !room.topics.has(thread)) throw refuse(400, 'Bad Request: message thread not found')
  const reply = params.json<{ message_id?: number; allow_sending_without_reply?: boolean }>('reply_parameters')
  const replied = world.find(reply?.message_id, room.chat.id)
  if (reply && !replied && reply.allow_sending_without_reply !== true)
    throw refuse(400, 'Bad Request: message to be replied not found')
  const keyboard = keyboardOf(params)
  return {
    room,
    fields: {
      ...threadFields(world, thread),
      ...(replied ? { reply_to_message: shown(replied) } : {}),
      ...(keyboard ? { reply_markup: keyboard } : {}),
    },
    extra: replied ? { replyTo: replied.message.message_id } : {},
  }
}

/**
 * The fields of a message in a topic. One that replies to nothing else is shown as a reply to the message that opened the
 * topic.
 */
export function threadFields(world: World, thread: number | undefined): Partial<TelegramMessage> {
  if (thread === undefined) return {}
  const root = world.find(thread)
  return {
    message_thread_id: thread,
    is_topic_message: true,
    ...(root ? { reply_to_message: shown(root) } : {}),
  }
}

/** A message as it is shown in a reply to it: without its own reply. */
export function shown({ message }: Post): TelegramMessage {
  const { reply_to_message: _, ...rest } = message
  return rest as TelegramMessage
}

export function keyboardOf(params: Params): TelegramMessage['reply_markup'] {
  const markup = params.json<{ inline_keyboard?: TelegramButton[][] }>('reply_markup')
  if (!markup?.inline_keyboard || markup.inline_keyboard.flat().length === 0) return undefined
  for (const { text, callback_data } of markup.inline_keyboard.flat()) {
    if (!text)
      throw refuse(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be of type String')
    const bytes = Buffer.byteLength(callback_data ?? '')
    if (callback_data !== undefined && (bytes < 1 || bytes > 64)) throw refuse(400, 'Bad Request: BUTTON_DATA_INVALID')
  }
  return { inline_keyboard: markup.inline_keyboard }
}

/** The text of a call, required and within its limit. */
export function readText(params: Params): Formatted {
  const formatted = read(params, 'text', 'entities')
  if (formatted.text === '') throw refuse(400, 'Bad Request: message text is empty')
  if (formatted.text.length > maxText) throw refuse(400, 'Bad Request: message is too long')
  return formatted
}

/** The caption of a call, as fields of the message. */
export function readCaption(params: Params): Partial<TelegramMessage> {
  const { text, entities } = read(params, 'caption', 'caption_entities')
  if (text.length > maxCaption) throw refuse(400, 'Bad Request: message caption is too long')
  return text === '' ? {} : { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) }
}

/** Text as fields of a message. */
export function textFields({ text, entities }: Formatted): Partial<TelegramMessage> {
  return { text, ...(entities.length > 0 ? { entities } : {}) }
}

function read(params: Params, name: string, entities: string): Formatted {
  const raw = params.text(name) ?? ''
  const mode = params.text('parse_mode')?.toLowerCase()
  if (mode === 'html') return parseHtml(raw)
  if (mode) throw refuse(400, `Bad Request: this emulator reads parse_mode HTML only, not ${mode}`)
  const given = params.json<TelegramEntity[]>(entities)
  return given ? { text: raw, entities: given } : plain(raw)
}
