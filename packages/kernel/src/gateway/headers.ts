import type { ErrorCode, Failure } from '@openclaw/protocol'

/** On every answer. A page that needs more of the browser sends its own policy. */
const always: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}
/** What an extension may say otherwise; the rest it may not. */
const theirs = new Set(['content-security-policy', 'cache-control'])

/** The same answer with our headers; an extension's own policy and caching stay, as long as nobody may frame it. */
export function secured(answer: Response): Response {
  const headers = new Headers(answer.headers)
  for (const [name, value] of Object.entries(always))
    if (!theirs.has(name) || !headers.has(name)) headers.set(name, value)
  const policy = headers.get('content-security-policy')!
  if (!policy.includes('frame-ancestors'))
    headers.set('content-security-policy', `${policy.replace(/;\s*$/, '')}; frame-ancestors 'none'`)
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers })
}

const statuses: Partial<Record<ErrorCode, number>> = {
  invalid_params: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
}

/** A failure as an answer over HTTP. What went wrong inside stays inside. */
export function refusal(failed: Failure): Response {
  const status = statuses[failed.code] ?? 500
  const shown =
    status === 500 ? { code: failed.code, message: 'something went wrong here; see `openclaw logs`' } : failed
  const headers = new Headers()
  if (status === 401) headers.set('www-authenticate', 'Bearer')
  if (failed.retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(failed.retryAfterMs / 1000)))
  return Response.json({ error: shown }, { status, headers })
}

const names: Readonly<Record<number, string>> = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found' }

/** The whole text of a refused upgrade, for a socket that no HTTP answer can be written to any more. */
export function refusedUpgrade(status: 400 | 403 | 404, failed: Failure): string {
  const body = JSON.stringify({ error: failed })
  const head = {
    ...always,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  return `HTTP/1.1 ${status} ${names[status]}\r\n${Object.entries(head)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`
}
