import { failure, type Attachment, type Link, type Outbound, type Peer } from '@openclaw/sdk'
import type { Api } from 'grammy/web'
import type { InlineKeyboardMarkup, Message, ReactionTypeEmoji } from 'grammy/types'
import type { Bot, Stop } from './bot.ts'
import { isUnchanged, isUnreadable, movedTo } from './failure.ts'
import { plainOf } from './markup.ts'
import { maxFileBytes, sendFile } from './upload.ts'

/** The most that may stand under a file (https://core.telegram.org/bots/api#senddocument). */
const maxCaption = 1024
/** More buttons than this stand below each other. */
const maxInRow = 3
/** So many sends that broke off in the middle are remembered. */
const maxUnfinished = 100

/** One call of Telegram's, which makes one message. */
interface Part {
  readonly text: string
  readonly file?: Attachment
  readonly replyTo?: string | undefined
  readonly keyboard?: InlineKeyboardMarkup | undefined
}

type Question<T> = (api: Api, chat: string, stop: Stop) => Promise<T>

/** The ways out of an account. Nothing is tried twice but what Telegram could not read, or has moved. */
export function openOutbound(bot: Bot): Required<Pick<Link, 'send' | 'edit' | 'delete' | 'react' | 'typing'>> {
  const { migrations } = bot
  const unfinished = new Map<string, string[]>()

  /** Asks something about a peer; once more, of the supergroup, when it turns out that the group became one. */
  function ask<T>(doing: string, peer: Peer, signal: AbortSignal, question: Question<T>): Promise<T> {
    return bot.call(`${doing} ${peer.id}`, signal, async (api, stop) => {
      const chat = migrations.current(peer.id)
      try {
        return await question(api, chat, stop)
      } catch (thrown) {
        const moved = movedTo(thrown)
        if (moved === undefined) throw thrown
        await migrations.learn(Number(chat), moved)
        return question(api, migrations.current(peer.id), stop)
      }
    })
  }

  async function sendPart(peer: Peer, { text, file, replyTo, keyboard }: Part, signal: AbortSignal): Promise<string> {
    const sent = await ask('sending to', peer, signal, (api, chat, stop) => {
      const replied = replyTo === undefined ? undefined : migrations.idOf(peer.id, replyTo)
      const beside = {
        ...topic(peer),
        ...(replied === undefined
          ? {}
          : { reply_parameters: { message_id: replied, allow_sending_without_reply: true } }),
        ...(keyboard ? { reply_markup: keyboard } : {}),
      }
      return readably<Message>(text, (words, mode) => {
        if (!file) return api.sendMessage(chat, words, { ...beside, ...mode, ...noPreview }, stop)
        const caption = words ? { ...mode, caption: words } : {}
        const open = () => bot.account.open(file, signal)
        return sendFile(api, chat, file, { open, beside: { ...beside, ...caption }, stop })
      })
    })
    return migrations.nameOf(sent.chat.id, sent.message_id)
  }

  /** The chat's own id of a message that is to be changed. */
  function idOf(peer: Peer, message: string): number {
    const id = migrations.idOf(peer.id, message)
    if (id === undefined)
      throw failure('not_found', `telegram/${bot.account.id}: message ${message} is not in chat ${peer.id} any more`)
    return id
  }

  return {
    async send(message, signal) {
      const { peer, idempotencyKey } = message
      const parts = partsOf(message)
      if (parts.length === 0)
        throw failure('invalid_params', `telegram/${bot.account.id}: sending to ${peer.id}: there is nothing to send`)
      // What a send that broke off has brought there already is not sent again.
      const messages = unfinished.get(idempotencyKey) ?? []
      unfinished.delete(idempotencyKey)
      try {
        for (const part of parts.slice(messages.length)) messages.push(await sendPart(peer, part, signal))
      } catch (error) {
        if (messages.length > 0) remember(unfinished, idempotencyKey, messages)
        throw error
      }
      return { messages }
    },
    async edit(peer, message, text, signal) {
      const id = idOf(peer, message)
      const unlessSame = (thrown: unknown) => {
        if (!isUnchanged(thrown)) throw thrown
      }
      await ask('editing a message in', peer, signal, (api, chat, stop) =>
        readably(text, (words, mode) =>
          api.editMessageText(chat, id, words, { ...mode, ...noPreview }, stop).catch(unlessSame),
        ),
      )
    },
    async delete(peer, message, signal) {
      const id = idOf(peer, message)
      await ask('deleting a message in', peer, signal, (api, chat, stop) => api.deleteMessage(chat, id, stop))
    },
    async react(peer, message, emoji, signal) {
      const id = idOf(peer, message)
      // Telegram writes its reactions without the mark that asks for colour, and refuses those that it does not know.
      const sign = emoji.replaceAll('\uFE0F', '') as ReactionTypeEmoji['emoji']
      const reaction = sign ? [{ type: 'emoji' as const, emoji: sign }] : []
      await ask('reacting in', peer, signal, (api, chat, stop) => api.setMessageReaction(chat, id, reaction, {}, stop))
    },
    async typing(peer, signal) {
      await ask('typing in', peer, signal, (api, chat, stop) => api.sendChatAction(chat, 'typing', topic(peer), stop))
    },
  }
}

/** Links are shown as they are: a preview would fetch what a model wrote. */
const noPreview = { link_preview_options: { is_disabled: true } }

const topic = ({ thread }: Peer) => (thread === undefined ? {} : { message_thread_id: Number(thread) })

/** Sends in our markup; as plain words where Telegram cannot read it. */
async function readably<T>(
  text: string,
  send: (text: string, mode: { readonly parse_mode?: 'HTML' }) => Promise<T>,
): Promise<T> {
  try {
    return await send(text, { parse_mode: 'HTML' })
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown
    return send(plainOf(text), {})
  }
}

/**
 * The calls that an outbound takes. A text that fits stands under the first file; the reply is the first one's, and the
 * buttons are the last one's.
 */
function partsOf({ text, attachments = [], replyTo, choices = [] }: Outbound): Part[] {
  const files = attachments.filter(({ sizeBytes = 0 }) => sizeBytes <= maxFileBytes)
  const tooLarge = attachments.filter((one) => !files.includes(one)).map(nameTooLarge)
  const captioned = files.length > 0 && text.length <= maxCaption
  const parts: Part[] = [
    ...(text && !captioned ? [{ text }] : []),
    ...files.map((file, at) => ({ file, text: captioned && at === 0 ? text : '' })),
    ...tooLarge.map((words) => ({ text: words })),
  ]
  const buttons = choices.map(button)
  const rows = buttons.length <= maxInRow ? [buttons] : buttons.map((one) => [one])
  const keyboard = buttons.length > 0 ? { inline_keyboard: rows } : undefined
  return parts.map((part, at) => ({
    ...part,
    replyTo: at === 0 ? replyTo : undefined,
    keyboard: at === parts.length - 1 ? keyboard : undefined,
  }))
}

const button = ({ id, label }: NonNullable<Outbound['choices']>[number]) => ({ text: label, callback_data: id })

function nameTooLarge({ name = 'A file', sizeBytes = 0 }: Attachment): string {
  return `(${name} has ${Math.ceil(sizeBytes / 1024 / 1024)} MB: a bot may send 50 MB.)`
}

function remember(unfinished: Map<string, string[]>, key: string, messages: string[]): void {
  unfinished.set(key, messages)
  const [oldest] = unfinished.keys()
  if (unfinished.size > maxUnfinished && oldest !== undefined) unfinished.delete(oldest)
}
