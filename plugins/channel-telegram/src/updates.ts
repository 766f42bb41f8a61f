import { toFailure, type Inbound } from '@openclaw/sdk'
import type { Message, Update } from 'grammy/types'
import type { Bot } from './bot.ts'
import { takeClick } from './clicks.ts'
import { inboundOf } from './inbound.ts'

/** The kinds of update that we ask for by name: reactions come only so (https://core.telegram.org/bots/api#getupdates). */
export const allowedUpdates = [
  'message',
  'edited_message',
  'message_reaction',
  'callback_query',
  'my_chat_member',
] as const

/**
 * Brings one update home. Resolves when everything in it is durable, or there was nothing in it; rejects when Telegram
 * must give it again. Updates that are handed in one after the other are received in that order.
 */
export async function takeUpdate(bot: Bot, update: Update): Promise<void> {
  const { account, migrations } = bot
  const { message, callback_query, my_chat_member } = update
  const moved = message && moveOf(message)
  if (moved) return migrations.learn(...moved)
  if (callback_query) return takeClick(bot, callback_query)
  if (my_chat_member) {
    const { chat, new_chat_member } = my_chat_member
    account.log.info(`telegram/${account.id}: we are now "${new_chat_member.status}" in chat ${chat.id}`)
    return
  }
  const event = read(bot, update)
  if (event) await account.receive(event)
}

/** Old and new id of a group that became a supergroup. Both of them say it. */
function moveOf({ chat, migrate_to_chat_id, migrate_from_chat_id }: Message): [number, number] | undefined {
  if (migrate_to_chat_id !== undefined) return [chat.id, migrate_to_chat_id]
  return migrate_from_chat_id === undefined ? undefined : [migrate_from_chat_id, chat.id]
}

/** An update that cannot be read would be given for ever; it is told and passed over. */
function read(bot: Bot, update: Update): Inbound | undefined {
  try {
    return inboundOf(update, bot)
  } catch (error) {
    bot.account.log.error(
      `telegram/${bot.account.id}: update ${update.update_id} could not be read and is passed over`,
      {
        kinds: Object.keys(update),
        error: toFailure(error).message,
      },
    )
    return undefined
  }
}

/** Tells in the account's state that messages cannot be stored, and that they can again: with an error, and without. */
export function reportStorage({ account }: Bot): (error?: unknown) => void {
  let troubled = false
  return (error) => {
    if (error !== undefined) {
      const why = toFailure(error).message
      account.report(
        'degraded',
        `telegram/${account.id}: a message could not be stored and will be given again: ${why}`,
      )
    } else if (troubled) account.report('online')
    troubled = error !== undefined
  }
}
