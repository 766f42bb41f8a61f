import { refuse } from '../refusal.ts'
import type { Methods, Platform } from './method.ts'

/** Getting updates, by either way (https://core.telegram.org/bots/api#getting-updates). */
export function updateMethods({ updates, webhook }: Platform): Methods {
  return {
    async getUpdates(params, gone) {
      if (webhook.hook)
        throw refuse(
          409,
          "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
      updates.allow(params.json('allowed_updates'))
      const offset = params.integer('offset')
      const limit = Math.min(100, Math.max(1, params.integer('limit') ?? 100))
      const timeoutMs = Math.min(50, params.integer('timeout') ?? 0) * 1000
      return updates.poll({ limit, timeoutMs, ...(offset === undefined ? {} : { offset }) }, gone)
    },
    setWebhook(params) {
      const url = params.text('url') ?? ''
      const secret = params.text('secret_token')
      if (url && !url.startsWith('https:') && !/^http:\/\/127\.0\.0\.1[:/]/.test(url))
        throw refuse(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook')
      if (secret !== undefined && !/^[\w-]{1,256}$/.test(secret))
        throw refuse(400, 'Bad Request: secret token contains unallowed characters')
      updates.allow(params.json('allowed_updates'))
      if (params.flag('drop_pending_updates')) updates.clear()
      updates.terminate('terminated by setWebhook request')
      webhook.set(url ? { url, ...(secret === undefined ? {} : { secret }) } : undefined)
      return true
    },
    deleteWebhook(params) {
      if (params.flag('drop_pending_updates')) updates.clear()
      webhook.set(undefined)
      return true
    },
    getWebhookInfo: () => ({
      url: webhook.hook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: updates.length,
      allowed_updates: updates.allowed,
      ...(webhook.trouble === undefined ? {} : { last_error_message: webhook.trouble }),
    }),
  }
}
