import { failure, type Account } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { lacking } from './failure.ts'

/** Who we are in the workspace. */
export interface Us {
  /** Our user id, by which we are mentioned. */
  readonly user: string
  /** Our bot id, which our messages carry. */
  readonly bot: string
  readonly team: string
  /** For people to read. */
  readonly name: string
}

/** Without these, messages do not come or go. */
const needed = ['chat:write', 'im:history', 'im:write', 'channels:history', 'groups:history', 'mpim:history'] as const

/** Without these, something else is missing. */
const useful: Readonly<Record<string, string>> = {
  'files:read': 'files cannot be read',
  'files:write': 'files cannot be sent',
  'reactions:read': 'reactions are not seen',
  'reactions:write': 'nothing can be reacted to',
  'users:read': 'people have no names',
  'channels:read': 'channels have no names',
  'groups:read': 'private channels have no names',
  commands: 'there is no /openclaw',
}

/** Logs in and checks what the app may do. Throws `unauthorized` for a refused token, `forbidden` for a missing scope. */
export async function login(api: Api, { log, signal }: Pick<Account, 'log' | 'signal'>): Promise<Us> {
  const { user_id, bot_id, team_id, user, response_metadata } = await api.call('logging in', signal, (client) =>
    client.auth.test(),
  )
  if (!user_id || !bot_id)
    throw failure(
      'unauthorized',
      `${api.name}: this is no bot's token; copy the one that begins with xoxb- from https://api.slack.com/apps → your app → OAuth & Permissions`,
    )
  const scopes = response_metadata?.scopes
  if (scopes) {
    const missing = needed.filter((scope) => !scopes.includes(scope))
    if (missing.length > 0) throw lacking(missing, `${api.name}: logging in`)
    for (const [scope, loss] of Object.entries(useful))
      if (!scopes.includes(scope)) log.warn(`${api.name}: without the scope ${scope}, ${loss}`)
  }
  return { user: user_id, bot: bot_id, team: team_id ?? '', name: user ?? 'openclaw' }
}
