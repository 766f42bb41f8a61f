import type { Faults } from './faults.ts'
import type { Steps } from '../channel/steps.ts'
import type { TelegramUpdate } from './types.ts'
import type { Updates } from './updates.ts'

/** What `setWebhook` set (https://core.telegram.org/bots/api#setwebhook). */
export interface Hook {
  readonly url: string
  readonly secret?: string
}

/** The side of Telegram that calls a bot. */
export interface Webhook extends AsyncDisposable {
  readonly hook: Hook | undefined
  /** The last failure, for `getWebhookInfo`. */
  readonly trouble: string | undefined
  set(hook: Hook | undefined): void
  /** Looks again whether something can be delivered. */
  wake(): void
}

const firstPauseMs = 20
const longestPauseMs = 1000

/** Delivers one update after the other while a webhook is set; one that is not answered with 2xx is delivered again. */
export function openWebhook(parts: {
  updates: Updates
  faults: Faults
  steps: Steps
  deliver(request: Request): Promise<Response>
}): Webhook {
  const { updates, faults, steps, deliver } = parts
  const over = new AbortController()
  let hook: Hook | undefined
  let trouble: string | undefined
  let working: Promise<void> | undefined
  let pauseMs = firstPauseMs

  async function once({ url, secret }: Hook, update: TelegramUpdate): Promise<void> {
    await steps.reach('deliver')
    const headers = {
      'content-type': 'application/json',
      ...(secret ? { 'x-telegram-bot-api-secret-token': secret } : {}),
    }
    const body = JSON.stringify(update)
    const request = new Request(url, { method: 'POST', headers, body, signal: over.signal })
    const response = await deliver(request)
    await steps.reach('deliver answered')
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`Wrong response from the webhook: ${response.status} ${response.statusText}`)
  }

  const due = () => (faults.blackhole || over.signal.aborted ? undefined : updates.first())

  async function work(): Promise<void> {
    for (let update = due(); hook && update; update = due()) {
      trouble = await once(hook, update).then(
        () => undefined,
        (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
      )
      if (trouble === undefined) updates.done(update)
      else await pause()
      pauseMs = trouble === undefined ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
    }
  }

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      const stop = () => (clearTimeout(timer), resolve())
      over.signal.addEventListener('abort', stop, { once: true })
    })

  const wake = () => {
    if (!hook || !due()) return
    working ??= work().finally(() => {
      working = undefined
      // Something may have come while the last round ended.
      wake()
    })
  }
  const watch = updates.onChange(wake)
  return {
    get hook() {
      return hook
    },
    get trouble() {
      return trouble
    },
    set(next) {
      hook = next
      wake()
    },
    wake,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]()
      over.abort()
      await working
    },
  }
}
