import type { Account } from '@openclaw/sdk'
import { Api, type ApiClientOptions } from 'grammy/web'
import type { UserFromGetMe } from 'grammy/types'
import type { Static } from 'typebox'
import type { account as accountSchema } from './config.ts'
import { failureOf } from './failure.ts'
import { openMigrations, type Migrations } from './migrations.ts'

export type TelegramAccount = Account<Static<typeof accountSchema>>

/** One bot that is logged in, and what everything of its account works with. */
export interface Bot {
  readonly account: TelegramAccount
  readonly me: UserFromGetMe
  /** Names of our commands. */
  readonly commands: ReadonlySet<string>
  readonly migrations: Migrations
  /** Asks Telegram once. What it refuses becomes a failure that says what was being done. */
  call<T>(doing: string, signal: AbortSignal, ask: (api: Api, stop: Stop) => Promise<T>): Promise<T>
}

/** A signal as grammY's types know it: they are those of its build for Node, which brings one of its own. */
export type Stop = Parameters<Api['getMe']>[0]

/** Longest time for one call, in seconds; polls and sends have shorter limits of their own. */
const callSeconds = 120

/** Asks Telegram who we are. Throws `unauthorized` for a token that it refuses. */
export async function login(account: TelegramAccount): Promise<Bot> {
  const api = openApi(account)
  const call: Bot['call'] = async (doing, signal, ask) => {
    try {
      return await ask(api, signal as unknown as Stop)
    } catch (thrown) {
      throw failureOf(account.id, doing, thrown)
    }
  }
  const me = await call('logging in', account.signal, (asked, stop) => asked.getMe(stop))
  const commands = new Set(account.commands.map(({ name }) => name))
  return { account, me, commands, migrations: await openMigrations(account.store), call }
}

/** Where the Bot API is. */
export function rootOf({ config }: TelegramAccount): string {
  return config.apiRoot ?? 'https://api.telegram.org'
}

/** grammY's build for the web: it goes over the fetch that it is given, and is loaded in a fifth of the time. */
function openApi(account: TelegramAccount): Api {
  return new Api(account.config.token, {
    apiRoot: rootOf(account),
    timeoutSeconds: callSeconds,
    fetch: account.fetch as unknown as NonNullable<ApiClientOptions['fetch']>,
  })
}
