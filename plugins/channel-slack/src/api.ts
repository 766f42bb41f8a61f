import { webApi, LogLevel, type Logger } from '@slack/bolt'
import type { Account } from '@openclaw/sdk'
import { explain } from './failure.ts'
import type { Patience } from './patience.ts'

/** Slack's Web API for one account. */
export interface Api {
  /** The account as people know it, e.g. `slack/default`. */
  readonly name: string
  /** What every client of the library is made with: our fetch, no retries of its own, and no waiting for limits. */
  readonly options: webApi.WebClientOptions
  readonly logger: Logger
  /** Calls a method. Rejects with a failure that names what was done; ends with the signal. */
  call<T>(doing: string, signal: AbortSignal, run: (client: webApi.WebClient) => Promise<T>): Promise<T>
}

export function openApi(
  account: Pick<Account<{ api?: string; botToken: string }>, 'id' | 'config' | 'fetch' | 'log' | 'signal'>,
  { answerMs }: Patience,
): Api {
  const name = `slack/${account.id}`
  const logger = quiet(account.log, name)
  const options: webApi.WebClientOptions = {
    slackApiUrl: account.config.api ?? 'https://slack.com/api/',
    // A request never outlives its account. The library passes its own time limit, and refuses redirects.
    fetch: (url, init) =>
      account.fetch(url, {
        ...init,
        signal: AbortSignal.any([account.signal, ...(init?.signal ? [init.signal] : [])]),
      }),
    timeout: answerMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger,
  }
  const client = new webApi.WebClient(account.config.botToken, { ...options })
  return {
    name,
    options,
    logger,
    async call(doing, signal, run) {
      signal.throwIfAborted()
      const { promise: stopped, reject } = Promise.withResolvers<never>()
      const stop = () => reject(signal.reason as Error)
      signal.addEventListener('abort', stop, { once: true })
      try {
        return await Promise.race([run(client), stopped])
      } catch (error) {
        throw explain(error, `${name}: ${doing}`)
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
  }
}

/** The library's log, without what it says of every request: that would hold texts. */
function quiet(log: Account['log'], name: string): Logger {
  const warn = (...words: unknown[]) => log.warn(`${name}: ${words.map(String).join(' ')}`)
  return {
    debug: () => {},
    info: () => {},
    warn,
    error: warn,
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  }
}
