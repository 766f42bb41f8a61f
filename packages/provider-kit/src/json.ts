import { failure } from '@openclaw/sdk'
import { readFailure } from './failure.ts'

/** Where a list is asked for, and with what. `who` begins a failure's message. */
export interface Question {
  readonly who: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  /** Asked with a body when there is one. */
  readonly body?: unknown
}

/** What an endpoint answers, read as JSON. Throws a typed failure, in which the address has no query. */
export async function getJson({ who, url, headers, fetch: ask, signal, body }: Question): Promise<unknown> {
  const [address] = url.split('?')
  try {
    const response = await ask(url, {
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      signal,
    })
    if (response.ok) return await response.json()
    const responseBody = await response.text()
    const answer = record(parse(responseBody))
    const said = record(answer.error ?? answer)
    throw Object.assign(new Error(text(said.message) || response.statusText), {
      status: response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody,
      code: said.code,
    })
  } catch (thrown) {
    const { code, message, retryAfterMs } = readFailure(thrown, `${who}: asking ${address}`)
    throw failure(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return {}
  }
}

/** The rows of a list that an endpoint answered. Throws `unavailable` when it answered something else. */
export function rowsOf(list: unknown, who: string, url: string): Record<string, unknown>[] {
  if (!Array.isArray(list))
    throw failure('unavailable', `${who}: ${url} did not answer with a list of models; check baseUrl`)
  return list.map(record)
}

/** The value when it is an object, else an empty one. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The value when it is a whole number above zero. */
export function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
}

/** The value when it is a text, else an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
