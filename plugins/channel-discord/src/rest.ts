import { REST, type RESTOptions, type RequestData } from 'discord.js'
import type { DiscordAccount } from './config.ts'
import { readFailure } from './failure.ts'

/** What a request does, for the words of its failure. */
export interface Doing {
  /** e.g. `sending to channel 123` */
  readonly doing: string
  /** The permission that it needs, as Discord's settings call it. */
  readonly permission?: string
  readonly signal?: AbortSignal
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Body = Pick<RequestData, 'body' | 'files' | 'query' | 'auth'>

/** Discord's REST API for one account. Rejects with a typed failure. */
export interface Rest extends Disposable {
  ask<T>(method: Method, route: `/${string}`, doing: Doing, body?: Body): Promise<T>
}

/** The library counts requests and repeats none: waiting and trying again are the kernel's business. */
export function restOptions({ config, fetch }: DiscordAccount): Partial<RESTOptions> {
  return {
    ...(config.api ? { api: config.api } : {}),
    retries: 0,
    rejectOnRateLimit: () => true,
    makeRequest: (url, init: object) => fetch(url, init),
  }
}

export function openRest(account: DiscordAccount): Rest {
  const rest = new REST(restOptions(account)).setToken(account.config.token)
  return {
    async ask<T>(method: Method, route: `/${string}`, { doing, permission, signal }: Doing, body: Body = {}) {
      const stop = signal ? AbortSignal.any([signal, account.signal]) : account.signal
      stop.throwIfAborted()
      try {
        return (await rest[method](route, { ...body, signal: stop })) as T
      } catch (error) {
        stop.throwIfAborted()
        throw readFailure(error, `discord/${account.id}: ${doing}`, permission)
      }
    },
    [Symbol.dispose]() {
      rest.clearHashSweeper()
      rest.clearHandlerSweeper()
    },
  }
}
