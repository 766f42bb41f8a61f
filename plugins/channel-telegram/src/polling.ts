import { failure, toFailure, type Failure } from '@openclaw/sdk'
import type { Update } from 'grammy/types'
import type { Bot } from './bot.ts'
import { allowedUpdates, reportStorage, takeUpdate } from './updates.ts'

/** How long a poll waits on Telegram's side, and how much longer we wait for its answer. */
export interface Patience {
  readonly pollSeconds: number
  readonly graceMs: number
}

/** Pause before what could not be stored is asked for again. */
const againMs = 1000
/** Time that the end of polling may take. */
const stopMs = 2000

/**
 * Polls, one poll at a time, from the next turn of the event loop on. Telegram forgets an update once a poll names a
 * higher offset (https://core.telegram.org/bots/api#getupdates), so ours advances over what is durable only. The first
 * poll names none: what was not confirmed comes again. A link that is lost, taken by another poller or refused is
 * reported, and polling is over.
 */
export function startPolling(bot: Bot, { pollSeconds, graceMs }: Patience): AsyncDisposable {
  const { account } = bot
  const at = `telegram/${account.id}`
  const stopping = new AbortController()
  const late = new AbortController()
  /** Everything below is durable. */
  let offset: number | undefined
  /** What the last poll named. It need not have arrived: then Telegram gives again what we know already. */
  let confirmed: number | undefined
  const reportStored = reportStorage(bot)

  async function poll(): Promise<Update[]> {
    const over = new AbortController()
    const stop = () => over.abort(stopping.signal.reason)
    const limitMs = pollSeconds * 1000 + graceMs
    using _limit = account.clock.after(limitMs, () => over.abort())
    // By hand, as a busy bot polls for each few messages, and `AbortSignal.any` is dear to collect.
    stopping.signal.addEventListener('abort', stop, { once: true })
    const asked = offset === undefined ? {} : { offset }
    confirmed = offset
    try {
      return await bot.call('polling', over.signal, (api, signal) =>
        api.getUpdates({ ...asked, timeout: pollSeconds, allowed_updates: allowedUpdates }, signal),
      )
    } catch (error) {
      if (!over.signal.aborted || stopping.signal.aborted) throw error
      throw failure('unavailable', `${at}: Telegram was silent for ${limitMs / 1000} s; is there a network?`)
    } finally {
      stopping.signal.removeEventListener('abort', stop)
    }
  }

  /** Takes a batch in, all at once so that it shares the disk's time, and advances up to what could not be stored. */
  async function take(updates: readonly Update[]): Promise<void> {
    const taken = await Promise.allSettled(updates.map((update) => takeUpdate(bot, update)))
    const failed = taken.findIndex(({ status }) => status === 'rejected')
    const last = failed < 0 ? updates.at(-1) : updates[failed - 1]
    if (last) offset = last.update_id + 1
    const outcome = taken[failed]
    if (outcome?.status !== 'rejected') return reportStored()
    reportStored(outcome.reason)
    await account.clock.sleep(againMs, stopping.signal)
  }

  async function run(): Promise<void> {
    // Not before the kernel has the link.
    await new Promise((resolve) => setImmediate(resolve))
    while (!stopping.signal.aborted) {
      try {
        await take(await poll())
      } catch (error) {
        if (stopping.signal.aborted) break
        const { code, message, retryAfterMs = againMs }: Failure = toFailure(error)
        if (code !== 'rate_limited') return account.report('offline', message, code === 'unauthorized')
        await account.clock.sleep(retryAfterMs, stopping.signal).catch(() => {})
      }
    }
    if (offset !== undefined && offset !== confirmed) await confirm(offset)
  }

  /** Tells Telegram what arrived last, so that it is not given again; what this answers is left to the next link. */
  async function confirm(below: number): Promise<void> {
    await bot
      .call('confirming', late.signal, (api, stop) => api.getUpdates({ offset: below, limit: 1, timeout: 0 }, stop))
      .catch(() => {})
  }

  const running = run()
  return {
    async [Symbol.asyncDispose]() {
      using _limit = account.clock.after(stopMs, () => late.abort())
      stopping.abort()
      await Promise.race([running, new Promise((resolve) => late.signal.addEventListener('abort', resolve))])
    },
  }
}
