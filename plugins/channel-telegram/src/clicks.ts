import { toFailure } from '@openclaw/sdk'
import type { CallbackQuery, Message } from 'grammy/types'
import type { Bot } from './bot.ts'
import { peerOf, threadOf } from './inbound.ts'

/** The most that Telegram shows for a click (https://core.telegram.org/bots/api#answercallbackquery). */
const maxAnswer = 200
const maxText = 4096

/**
 * Hands a click over, and resolves when it is decided. What is shown for it follows: an answer to who clicked and, once
 * it was taken, the verdict in place of the buttons. A click that is lost is clicked again, so nothing of this rejects.
 */
export async function takeClick(bot: Bot, { id, from, message, data }: CallbackQuery): Promise<void> {
  const { account } = bot
  const chosen =
    message && data !== undefined
      ? await account
          .choose({
            event: id,
            sender: String(from.id),
            peer: peerOf(message.chat, bot, threadOf(message)),
            choice: data,
          })
          .catch((error: unknown) => {
            account.log.warn(`telegram/${account.id}: a click could not be decided`, {
              error: toFailure(error).message,
            })
            return { taken: false, text: 'That did not work. Try again.' }
          })
      : { taken: false, text: '' }
  const warn = (error: unknown) =>
    account.log.warn(`telegram/${account.id}: what became of a click was not shown`, {
      error: toFailure(error).message,
    })
  const { taken, text } = chosen
  void bot
    .call('answering a click', account.signal, (api, stop) =>
      api.answerCallbackQuery(id, text ? { text: text.slice(0, maxAnswer) } : {}, stop),
    )
    .catch(warn)
  if (taken && message) void showVerdict(bot, message, text).catch(warn)
}

/** Takes the buttons away, and writes the verdict under the question where it fits. */
async function showVerdict(bot: Bot, { chat, message_id, text = '', entities = [] }: Message, verdict: string) {
  const whole = `${text}\n\n${verdict}`
  await bot.call('showing a verdict', bot.account.signal, async (api, stop) => {
    if (!text || whole.length > maxText) await api.editMessageReplyMarkup(chat.id, message_id, {}, stop)
    else await api.editMessageText(chat.id, message_id, whole, { entities }, stop)
  })
}
