import { toFailure } from '@openclaw/sdk'
import type { Bot } from './bot.ts'

/** What Telegram takes as a command (https://core.telegram.org/bots/api#botcommand). */
const form = /^[a-z0-9_]{1,32}$/
const maxAbout = 256

/**
 * Shows our commands in Telegram's own menu: all of them in private, and in groups those that are not the owner's. A menu
 * that could not be set is no reason to stay away.
 */
export async function showMenu({ account, call }: Bot): Promise<void> {
  const usable = account.commands.filter(({ name }) => form.test(name))
  const scopes = [
    { type: 'all_private_chats' as const, commands: usable },
    { type: 'all_group_chats' as const, commands: usable.filter(({ role }) => role !== 'owner') },
  ]
  for (const { type, commands } of scopes) {
    const entries = commands.map(({ name, about }) => ({ command: name, description: about.slice(0, maxAbout) }))
    await call('setting the menu', account.signal, (api, stop) =>
      api.setMyCommands(entries, { scope: { type } }, stop),
    ).catch((error: unknown) => account.log.warn(toFailure(error).message))
  }
}
