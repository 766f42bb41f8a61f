/** Longest wait that is believed. */
const longestMs = 3_600_000

/**
 * How long an endpoint asks to be left alone, in milliseconds, at most an hour; undefined when it does not say. Known
 * are, in this order: `retry-after-ms`, `retry-after` in seconds or as a date (RFC 9110 §10.2.3), Google's `RetryInfo`
 * in the body (https://cloud.google.com/apis/design/errors#error_payloads), and the resets of limits that are used up:
 * `x-ratelimit-reset…` of OpenAI, Groq and OpenRouter, `anthropic-ratelimit-…-reset`.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  body: string,
  now: number,
): number | undefined {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const wait =
    number(lower['retry-after-ms']) ??
    seconds(lower['retry-after']) ??
    until(lower['retry-after'], now) ??
    retryInfo(body) ??
    resets(lower, now)
  return wait === undefined ? undefined : Math.min(Math.max(0, Math.round(wait)), longestMs)
}

const number = (text: string | undefined) =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined

function seconds(text: string | undefined): number | undefined {
  const found = number(text)
  return found === undefined ? undefined : found * 1000
}

function until(text: string | undefined, now: number): number | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : at - now
}

function retryInfo(body: string): number | undefined {
  return seconds(/"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1])
}

/** The longest of the waits for limits of which nothing remains; a limit that does not say what remains counts. */
function resets(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const waits = Object.entries(headers).flatMap(([name, value]) => {
    if (!/^(x-ratelimit-reset(-.+)?|anthropic-ratelimit-.+-reset)$/.test(name)) return []
    const remaining = headers[name.replace('reset', 'remaining')]
    const wait = number(remaining) ? undefined : waitOf(value, now)
    return wait === undefined ? [] : [wait]
  })
  return waits.length > 0 ? Math.max(...waits) : undefined
}

/** `1s`, `6m0s`, `120ms`; an epoch in milliseconds or seconds; a date; a bare number of seconds. */
function waitOf(text: string, now: number): number | undefined {
  const bare = number(text)
  if (bare !== undefined) return bare > 1e12 ? bare - now : bare > 1e9 ? bare * 1000 - now : bare * 1000
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return until(text, now)
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * units[unit!]!,
    0,
  )
}
