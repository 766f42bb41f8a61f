import { failure, toFailure, type ErrorCode, type Failure } from '@openclaw/sdk'

/** Slack's error words, what they mean for us, and what a person can do (https://docs.slack.dev/reference/methods). */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ...same(
    ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'org_login_required'],
    'unauthorized',
    'the token was refused; copy it anew from https://api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token',
  ),
  not_allowed_token_type: [
    'unauthorized',
    'this is another kind of token: `botToken` begins with xoxb-, `appToken` with xapp-',
  ],
  ...same(
    ['not_in_channel', 'user_not_in_channel'],
    'forbidden',
    'the app is not in this conversation; invite it there with /invite @OpenClaw',
  ),
  ...same(
    ['channel_not_found', 'user_not_found'],
    'not_found',
    'there is no such conversation for the app; if it is a private one, invite the app there with /invite @OpenClaw',
  ),
  is_archived: ['forbidden', 'the channel is archived; unarchive it, or write elsewhere'],
  ...same(
    ['restricted_action', 'access_denied', 'ekm_access_denied', 'posting_to_channel_denied', 'cannot_dm_bot'],
    'forbidden',
    "the workspace's settings forbid it; ask an administrator",
  ),
  ...same(['message_not_found', 'thread_not_found', 'invalid_thread_ts'], 'not_found', 'the message is gone'),
  ...same(['file_not_found', 'file_deleted'], 'not_found', 'the file is gone'),
  ...same(['cant_update_message', 'edit_window_closed'], 'forbidden', 'Slack lets this message not be edited any more'),
  ...same(
    ['no_text', 'msg_too_long', 'invalid_blocks', 'invalid_arguments', 'invalid_name', 'too_many_reactions'],
    'invalid_params',
    'Slack does not take this content',
  ),
  ...same(
    ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'],
    'unavailable',
    'Slack is in trouble; it is tried again',
  ),
}

function same(words: readonly string[], code: ErrorCode, hint: string): Record<string, readonly [ErrorCode, string]> {
  return Object.fromEntries(words.map((word) => [word, [code, hint] as const]))
}

/** As much as is known of what Slack's library throws; recognised by `code`, as two copies of it may be there. */
interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly retryAfter?: unknown
  readonly statusCode?: unknown
  readonly data?: Refusal
}

interface Refusal {
  readonly error?: string
  readonly needed?: string
}

/**
 * What was thrown while doing something, as a failure that says what to do next. Failures stay what they are. Never
 * holds a token.
 */
export function explain(thrown: unknown, doing: string): Error & Failure {
  const { code, message, retryAfter, statusCode, data } = (typeof thrown === 'object' && thrown ? thrown : {}) as Thrown
  if (code === 'slack_webapi_rate_limited_error')
    return failure('rate_limited', `${doing}: Slack asks to wait`, { retryAfterMs: Number(retryAfter) * 1000 })
  if (code === 'slack_webapi_platform_error') return refused(data ?? {}, doing)
  if (code === 'slack_webapi_http_error')
    return failure(
      Number(statusCode) < 500 ? 'internal' : 'unavailable',
      `${doing}: Slack answered ${Number(statusCode)}`,
    )
  if (code === 'slack_webapi_request_error')
    return failure('unavailable', `${doing}: Slack was not reached (${String(message)}); is the network up?`)
  if (typeof code === 'string' && code.startsWith('slack_socket_mode'))
    return failure('unavailable', `${doing}: the connection broke (${String(message)})`)
  if (toFailure(thrown).code !== 'internal') return thrown as Error & Failure
  return failure('internal', `${doing}: ${String(message ?? thrown)}`, { cause: thrown })
}

function refused({ error: word = '', needed = 'a scope' }: Refusal, doing: string): Error & Failure {
  if (word === 'missing_scope') return lacking([needed], doing)
  if (word === 'ratelimited') return failure('rate_limited', `${doing}: Slack asks to wait`, { retryAfterMs: 30_000 })
  const [code, hint] = refusals[word] ?? ['internal', `Slack refused it; see https://docs.slack.dev/reference/methods`]
  return failure(code, `${doing}: ${hint} (${word})`)
}

/** The app was not given what it needs. */
export function lacking(scopes: readonly string[], doing: string): Error & Failure {
  return failure(
    'forbidden',
    `${doing}: the app lacks ${scopes.join(', ')}; add it at https://api.slack.com/apps → your app → OAuth & Permissions → Bot Token Scopes, then reinstall the app`,
  )
}
