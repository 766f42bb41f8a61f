import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Carrier, Push } from './pushes.ts'

export type Sign = (body: string, how?: { atMs?: number; secret?: string; type?: string }) => Request

/** Requests as Slack signs them (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export function makeSign(parts: { secret: string; url: string; now(): number }): Sign {
  return (body, { atMs = parts.now(), secret = parts.secret, type = 'application/json' } = {}) => {
    const stamp = String(Math.floor(atMs / 1000))
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`
    const headers = { 'content-type': type, 'x-slack-request-timestamp': stamp, 'x-slack-signature': signature }
    return new Request(parts.url, { method: 'POST', headers, body })
  }
}

const form = 'application/x-www-form-urlencoded'

/** HTTP mode: every push is a signed request; commands and clicks come as forms, events as JSON. */
export function openRequests(sign: Sign, deliver: (request: Request) => Promise<Response>): Carrier {
  const write = ({ kind, payload }: Push): Request => {
    if (kind === 'events_api') return sign(JSON.stringify(payload))
    const fields = kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>)
    return sign(new URLSearchParams(fields).toString(), { type: form })
  }
  return {
    async carry(push, { number, reason }, withinMs, signal) {
      const request = write(push)
      if (number > 0) {
        request.headers.set('x-slack-retry-num', String(number))
        request.headers.set('x-slack-retry-reason', reason)
      }
      const over = new AbortController()
      const late = sleep(withinMs, 'late' as const, { signal: AbortSignal.any([signal, over.signal]) })
      try {
        const response = await Promise.race([deliver(request), late])
        if (response === 'late') throw new Error('http_timeout')
        if (!response.ok) throw new Error('http_error')
        return await answerOf(response)
      } finally {
        over.abort()
        late.catch(() => {})
      }
    },
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!text) return undefined
  return response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : text
}
