import { same } from '@openclaw/channel-kit'
import { failure } from '@openclaw/sdk'
import type { Update } from 'grammy/types'
import type { Bot, TelegramAccount } from './bot.ts'
import { allowedUpdates, reportStorage, takeUpdate } from './updates.ts'

/** The header in which Telegram shows the secret (https://core.telegram.org/bots/api#setwebhook). */
const secretHeader = 'x-telegram-bot-api-secret-token'

/**
 * Has Telegram call us, and answers 200 once what it brought is durable; until then it calls again. The webhook stays set
 * when we go: Telegram keeps what is for us and calls until we are back.
 */
export async function serveWebhook(bot: Bot): Promise<void> {
  const { account } = bot
  const { url, secret } = addressOf(account)
  const reportStored = reportStorage(bot)
  const route = account.webhook({
    verify: (request) => same(request.headers.get(secretHeader), secret),
    handle: (_, body) => answer(bot, body, reportStored),
  })
  // An address without a path is where the gateway stands.
  const full = url.pathname === '/' ? new URL(route.pathname, url) : url
  await bot.call('setting the webhook', account.signal, (api, stop) =>
    api.setWebhook(full.href, { secret_token: secret, allowed_updates: allowedUpdates }, stop),
  )
}

/** Telegram lets nobody poll while a webhook is set. */
export async function removeWebhook({ account, call }: Bot): Promise<void> {
  await call('removing a webhook', account.signal, (api, stop) => api.deleteWebhook({}, stop))
}

async function answer(bot: Bot, body: Uint8Array, reportStored: (error?: unknown) => void): Promise<Response> {
  const update = parse(body)
  if (!update) return new Response(null, { status: 400 })
  try {
    await takeUpdate(bot, update)
    reportStored()
    return new Response(null, { status: 200 })
  } catch (error) {
    reportStored(error)
    return new Response(null, { status: 503 })
  }
}

function parse(body: Uint8Array): Update | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof value === 'object' && value !== null && 'update_id' in value ? (value as Update) : undefined
  } catch {
    return undefined
  }
}

/** Where Telegram shall call, and with what. Throws `invalid_config` with everything that is missing. */
export function addressOf({ id, config }: Pick<TelegramAccount, 'id' | 'config'>): { url: URL; secret: string } {
  const { webhookUrl = '', webhookSecret = '' } = config
  const url = URL.parse(webhookUrl)
  const path = `channels.telegram.accounts.${id}`
  const problems = [
    ...(url
      ? []
      : [
          {
            path: `${path}.webhookUrl`,
            message: 'is needed for a webhook',
            suggestion: 'the public https address of this gateway',
          },
        ]),
    ...(/^[\w-]{1,256}$/.test(webhookSecret)
      ? []
      : [
          {
            path: `${path}.webhookSecret`,
            message: webhookSecret
              ? 'has signs that Telegram does not take'
              : 'is needed: a webhook without a secret does not exist',
            suggestion: 'a long random text of letters, digits, _ and -',
          },
        ]),
  ]
  if (!url || problems.length > 0)
    throw failure(
      'invalid_config',
      `telegram/${id}: ${problems.map((one) => `${one.path} ${one.message}; write ${one.suggestion}`).join('; ')}`,
      { problems },
    )
  return { url, secret: webhookSecret }
}
