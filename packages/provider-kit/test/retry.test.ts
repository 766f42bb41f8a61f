import { expect, it } from 'vitest'
import { readRetryAfter } from '../src/retry.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

it.each<[string, Record<string, string>, string, number | undefined]>([
  ['nothing', {}, '', undefined],
  ['milliseconds before seconds', { 'Retry-After-Ms': '120', 'retry-after': '7' }, '', 120],
  ['seconds', { 'retry-after': '7' }, '', 7000],
  ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, '', 9000],
  ['a date that has passed', { 'retry-after': 'Thu, 01 Jan 2020 00:00:09 GMT' }, '', 0],
  ['an absurd wait, cut to an hour', { 'retry-after': '999999999' }, '', 3_600_000],
  [
    'RetryInfo of Google',
    {},
    '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}',
    34_500,
  ],
  [
    'the limit of OpenAI that is used up, not the other one',
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m30s',
      'x-ratelimit-remaining-tokens': '500',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    '',
    90_000,
  ],
  ['a reset of Groq in milliseconds', { 'x-ratelimit-reset-tokens': '120ms' }, '', 120],
  ['a reset of OpenRouter, an epoch in milliseconds', { 'X-RateLimit-Reset': String(now + 5000) }, '', 5000],
  ['a reset of Anthropic', { 'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:03Z' }, '', 3000],
  ['what cannot be read', { 'retry-after': 'soon', 'x-ratelimit-reset': 'later' }, '', undefined],
])('the wait is read from %s', (_, headers, body, expected) => {
  expect(readRetryAfter(headers, body, now)).toBe(expected)
})
