import { failure, toFailure, type Failure } from '@openclaw/sdk'
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'

/** Where a new token is made. */
export const tokenPage = 'https://discord.com/developers/applications → your application → Bot → Reset Token'

/**
 * What Discord, its library or the network threw, as a failure that says what was being done and what to do next.
 * `permission` is the one that the request needs, as Discord's settings call it.
 * Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
 */
export function readFailure(thrown: unknown, doing: string, permission = 'View Channels'): Error & Failure {
  if (thrown instanceof RateLimitError) {
    const retryAfterMs = Math.max(1, Math.ceil(thrown.retryAfter))
    return failure('rate_limited', `${doing}: Discord asks to wait`, { retryAfterMs })
  }
  if (thrown instanceof DiscordAPIError) return refused(thrown, doing, permission)
  if (thrown instanceof HTTPError)
    return failure('unavailable', `${doing}: Discord answered ${thrown.status}; see https://discordstatus.com`)
  const reason = thrown instanceof Error ? thrown.message : 'unknown error'
  return failure('unavailable', `${doing}: Discord was not reached: ${reason}`)
}

function refused({ code, status, message }: DiscordAPIError, doing: string, permission: string): Error & Failure {
  if (status === 401)
    return failure('unauthorized', `${doing}: the token was refused; create a new one at ${tokenPage}`)
  if (code === 50001) return lacking(doing, 'View Channels')
  if (code === 50013) return lacking(doing, permission)
  if (code === 50007)
    return failure(
      'forbidden',
      `${doing}: this person takes no direct messages from the bot; they must share a server with it and allow direct messages from members`,
    )
  if (status === 403) return failure('forbidden', `${doing}: ${message}`)
  if (status === 404) return failure('not_found', `${doing}: ${message}; it was deleted, or the bot cannot see it`)
  if (status === 413) return failure('invalid_params', `${doing}: the files are too large; Discord takes 10 MB`)
  return failure('invalid_params', `${doing}: ${message.replaceAll('\n', ' ')}`)
}

function lacking(doing: string, permission: string): Error & Failure {
  return failure(
    'forbidden',
    `${doing}: the bot lacks the permission "${permission}" there; allow it for the bot's role in the channel's settings, under Permissions`,
  )
}

/** What a close code of the gateway means when no reconnecting helps; undefined for every other code.
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
export function readClose(code: number, name: string): (Error & Failure) | undefined {
  if (code === 4004)
    return failure('unauthorized', `${name}: Discord refused the token (4004); create a new one at ${tokenPage}`)
  if (code === 4014) return contentMissing(name)
  if (code === 4013) return failure('unsupported', `${name}: Discord knows none of the intents asked for (4013)`)
  if (code === 4012) return failure('unsupported', `${name}: Discord ended this API version (4012); update the plugin`)
  if (code === 4010 || code === 4011)
    return failure('unsupported', `${name}: the bot is in too many servers for one link (${code})`)
  return undefined
}

/** The switch in the developer portal is off. */
export function contentMissing(name: string): Error & Failure {
  return failure(
    'forbidden',
    `${name}: the bot may not read messages; switch it on at https://discord.com/developers/applications → your application → Bot → Privileged Gateway Intents → Message Content Intent, and save`,
  )
}

/** Whether a failure says that there is no such thing for us, and asking again is no use. */
export function isGone(error: unknown): boolean {
  return ['not_found', 'forbidden'].includes(toFailure(error).code)
}
