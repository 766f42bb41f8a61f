import { refuse } from '../refusal.ts'
import type { Params } from '../request.ts'
import type { Post, World } from '../world.ts'
import { keyboardOf, place, readText, textFields } from './compose.ts'
import type { Methods, Platform } from './method.ts'

const actions = new Set(
  'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note'.split(
    ' ',
  ),
)

/** Text messages, and what becomes of messages (https://core.telegram.org/bots/api#updating-messages). */
export function messageMethods({ world, typing }: Platform): Methods {
  return {
    sendMessage(params) {
      const { room, fields, extra } = place(world, params)
      const content = { ...fields, ...textFields(readText(params)) }
      return world.answer(room, content, { ...extra, raw: params.text('text') ?? '' }).message
    },
    editMessageText(params) {
      const post = ownPost(world, params)
      if (post.message.text === undefined) throw refuse(400, 'Bad Request: there is no text in the message to edit')
      return change(post, { ...textFields(readText(params)), reply_markup: keyboardOf(params) }, params.text('text'))
    },
    editMessageReplyMarkup(params) {
      const post = ownPost(world, params)
      const { text, entities } = post.message
      return change(post, { text, entities, reply_markup: keyboardOf(params) })
    },
    deleteMessage(params) {
      const room = world.target(params.integer('chat_id'))
      const post = world.find(params.integer('message_id'), room.chat.id)
      if (!post) throw refuse(400, 'Bad Request: message to delete not found')
      world.remove(post)
      return true
    },
    sendChatAction(params) {
      world.target(params.integer('chat_id'))
      const action = params.text('action') ?? ''
      if (!actions.has(action)) throw refuse(400, 'Bad Request: wrong parameter action in request')
      if (action === 'typing') typing()
      return true
    },
  }
}

/** The message of ours that a call names. */
function ownPost(world: World, params: Params): Post {
  const room = world.target(params.integer('chat_id'))
  const post = world.find(params.integer('message_id'), room.chat.id)
  if (!post) throw refuse(400, 'Bad Request: message to edit not found')
  if (post.message.from?.id !== world.bot.id) throw refuse(400, "Bad Request: message can't be edited")
  return post
}

function change(post: Post, fields: Record<string, unknown>, raw = post.raw) {
  const { text: _t, entities: _e, reply_markup: _m, ...rest } = post.message
  const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const next = { ...rest, ...present, edit_date: Math.floor(Date.now() / 1000) }
  if (sameContent(post.message, next))
    throw refuse(
      400,
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  Object.assign(post, { message: next, raw, edits: post.edits + 1 })
  return next
}

const sameContent = (one: Record<string, unknown>, other: Record<string, unknown>) =>
  ['text', 'entities', 'reply_markup'].every((field) => JSON.stringify(one[field]) === JSON.stringify(other[field]))
