import { failure, toFailure, type ErrorCode, type Failure } from '@openclaw/sdk'
import { GrammyError, HttpError } from 'grammy/web'

/**
 * What went wrong between us and Telegram, as the kernel wants it (https://core.telegram.org/bots/api#making-requests).
 * `doing` says what was being done: `sending to 42`. Never holds the token: the words of the network, where addresses
 * stand, are left out.
 */
export function failureOf(account: string, doing: string, thrown: unknown): Error & Failure {
  const at = `telegram/${account}: ${doing}`
  if (thrown instanceof GrammyError) return answered(account, at, thrown)
  if (thrown instanceof HttpError) {
    const { code, message } = toFailure(thrown.error)
    if (code === 'aborted') return failure('aborted', `${at} was stopped`)
    // A file that could not be read on its way out failed on our side.
    if (code !== 'internal') return failure(code, message)
    return failure('unavailable', `${at}: Telegram could not be reached; is there a network, and is apiRoot right?`)
  }
  const { code, message } = toFailure(thrown)
  return failure(code, code === 'internal' ? `${at}: ${message}` : message)
}

function answered(account: string, at: string, { error_code, description, parameters }: GrammyError): Error & Failure {
  const said = `${at}: Telegram says "${description}"`
  // A token without the form of one is nowhere to be found; a method that is not there has more words to it.
  if (error_code === 401 || description === 'Not Found')
    return failure(
      'unauthorized',
      `telegram/${account}: the token was refused; create a new one with @BotFather (https://t.me/BotFather) and store it with \`openclaw channels add telegram\``,
    )
  if (error_code === 429) return failure('rate_limited', said, { retryAfterMs: (parameters.retry_after ?? 1) * 1000 })
  if (error_code === 403) return failure('forbidden', `${said}; ${adviceFor(description)}`)
  if (error_code === 409) return failure('conflict', `${at}: ${conflictOf(description)}`)
  if (error_code === 413) return failure('invalid_params', `${said}; the file is too large for Telegram`)
  if (error_code === 404) return failure('unsupported', `${said}; the Bot API at apiRoot is too old`)
  if (error_code === 400) return failure(codeOf(description), said)
  return failure('unavailable', said)
}

function adviceFor(description: string): string {
  if (/blocked|deactivated|initiate/.test(description)) return 'they must write to the bot before it can write to them'
  return 'add the bot to the group again, with the right to send messages'
}

function conflictOf(description: string): string {
  return /webhook/i.test(description)
    ? 'another program set a webhook for this token; stop it, or create a token for us alone with @BotFather'
    : 'another program polls with this token; stop it, or create a token for us alone with @BotFather'
}

/** What a 400 is about can only be read in its words (https://core.telegram.org/api/errors). */
function codeOf(description: string): ErrorCode {
  if (/not found|MESSAGE_ID_INVALID/i.test(description)) return 'not_found'
  return /rights|FORBIDDEN|TOPIC_CLOSED|RESTRICTED|kicked/i.test(description) ? 'forbidden' : 'invalid_params'
}

/** Telegram could not read our markup. */
export const isUnreadable = (thrown: unknown): boolean => says(thrown, /can't parse entities/i)

/** An edit that changes nothing. */
export const isUnchanged = (thrown: unknown): boolean => says(thrown, /message is not modified/i)

/** A picture that Telegram takes as a file only. */
export const isNoPhoto = (thrown: unknown): boolean => says(thrown, /PHOTO_|IMAGE_PROCESS_FAILED/)

/** The supergroup that a group became, where that is why it was refused. */
export function movedTo(thrown: unknown): number | undefined {
  return thrown instanceof GrammyError ? thrown.parameters.migrate_to_chat_id : undefined
}

function says(thrown: unknown, words: RegExp): boolean {
  return thrown instanceof GrammyError && thrown.error_code === 400 && words.test(thrown.description)
}
