import type { App, Receiver } from '@slack/bolt'
import { hmac, isFresh, same } from '@openclaw/channel-kit'
import { toFailure, type Account } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { settle } from './settle.ts'

/** A request may be this old (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
const maxAgeMs = 300_000
const decoder = new TextDecoder()

/**
 * HTTP mode for Bolt, behind the gateway's webhook: signed by Slack, fresh, and never twice the same. Answers 200 once
 * an event is durable, and 500 when it could not be taken, so that Slack gives it again.
 */
export function httpReceiver(parts: {
  account: Pick<Account, 'clock' | 'log' | 'signal' | 'webhook'>
  api: Api
  signingSecret: string
}): Receiver {
  const { account, api, signingSecret } = parts
  const sign = (signed: readonly (string | Uint8Array)[]) =>
    hmac({ algorithm: 'sha256', secret: signingSecret, body: signed, encoding: 'hex' })
  const taken = makeTaken(() => account.clock.now())
  const closing = new AbortController()
  let app: App | undefined

  function verify(request: Request, body: Uint8Array): boolean {
    const stamp = request.headers.get('x-slack-request-timestamp') ?? ''
    const signature = request.headers.get('x-slack-signature') ?? ''
    const atMs = /^\d{1,12}$/.test(stamp) ? Number(stamp) * 1000 : Number.NaN
    return (
      isFresh(atMs, account.clock.now(), maxAgeMs) &&
      same(signature, `v0=${sign([`v0:${stamp}:`, body])}`) &&
      !taken.has(signature)
    )
  }

  async function handle(request: Request, bytes: Uint8Array): Promise<Response> {
    if (closing.signal.aborted) return new Response(null, { status: 503 })
    const body = read(decoder.decode(bytes), request.headers.get('content-type') ?? '')
    if (!body) return new Response(null, { status: 400 })
    // https://docs.slack.dev/reference/events/url_verification
    if (body['type'] === 'url_verification') return Response.json({ challenge: body['challenge'] })
    if (body['ssl_check']) return new Response(null)
    const retry = request.headers.get('x-slack-retry-num')
    try {
      const answer = await settle(app!, { body, ...(retry === null ? {} : { retryNum: Number(retry) }) })
      taken.add(request.headers.get('x-slack-signature')!)
      return answer === undefined ? new Response(null) : Response.json(answer)
    } catch (error) {
      account.log.warn(`${api.name}: an event was not taken; Slack gives it again`, { error: toFailure(error).message })
      return new Response(null, { status: 500 })
    }
  }

  return {
    init(made) {
      app = made
    },
    async start() {
      account.webhook({ verify, handle })
    },
    async stop() {
      closing.abort()
    },
  }
}

/** Signatures of requests that were taken, as long as they would count as fresh. */
function makeTaken(now: () => number) {
  const seen = new Map<string, number>()
  return {
    has: (signature: string) => seen.has(signature),
    add(signature: string) {
      for (const [old, atMs] of seen) {
        if (now() - atMs <= 2 * maxAgeMs) break
        seen.delete(old)
      }
      seen.set(signature, now())
    },
  }
}

/** Events are JSON; commands are forms, and clicks are JSON in a form. Undefined when it is neither. */
function read(text: string, type: string): Record<string, unknown> | undefined {
  try {
    if (type.includes('json')) return record(JSON.parse(text))
    const fields = Object.fromEntries(new URLSearchParams(text))
    return fields['payload'] === undefined ? fields : record(JSON.parse(fields['payload']))
  } catch {
    return undefined
  }
}

const record = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
