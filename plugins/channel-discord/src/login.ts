import { toFailure } from '@openclaw/sdk'
import { ApplicationFlags, Routes, type APIApplication, type APIUser } from 'discord.js'
import { commandsOf } from './commands.ts'
import type { DiscordAccount } from './config.ts'
import { contentMissing } from './failure.ts'
import type { Rest } from './rest.ts'

/** Who we are on Discord. */
export interface Self {
  /** Id of the bot's user. */
  readonly id: string
  readonly application: string
  readonly name: string
}

/** Looks whether the token and the intents are good before a socket is opened. Rejects with `unauthorized` or `forbidden`. */
export async function checkLogin(account: DiscordAccount, rest: Rest): Promise<Self> {
  const doing = { doing: 'logging in' }
  const [application, user] = await Promise.all([
    rest.ask<APIApplication>('get', Routes.currentApplication(), doing),
    rest.ask<APIUser>('get', Routes.user(), doing),
  ])
  // Bots in fewer than 100 servers have the "limited" flag: https://docs.discord.com/developers/resources/application
  const may = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited
  if (((application.flags ?? 0) & may) === 0) throw contentMissing(`discord/${account.id}`)
  return { id: user.id, application: application.id, name: user.username }
}

/**
 * Shows the commands in Discord's menu. Asks Discord only when they are other than the last time. Commands can be typed
 * too, so that a menu that cannot be had is no reason to stay away.
 */
export async function registerCommands(account: DiscordAccount, rest: Rest, self: Self): Promise<void> {
  const body = commandsOf(account.commands)
  const wanted = Buffer.from(JSON.stringify([self.application, body]))
  const shown = await account.store.get(storeKey)
  if (shown && wanted.equals(shown)) return
  try {
    const doing = { doing: 'registering the commands' }
    await rest.ask('put', Routes.applicationCommands(self.application), doing, { body })
    await account.store.set(storeKey, wanted)
  } catch (error) {
    account.log.warn(`discord/${account.id}: the menu has no commands`, { error: toFailure(error).message })
  }
}

const storeKey = 'commands'
