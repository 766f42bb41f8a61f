import { APICallError } from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { readFailure } from '../src/index.ts'

const http = (statusCode: number, message = '', headers: Record<string, string> = {}) =>
  new APICallError({
    message,
    url: 'https://api.example.org/v1/chat/completions',
    requestBodyValues: { secret: 'in the request' },
    statusCode,
    responseHeaders: headers,
    responseBody: JSON.stringify({ error: { message } }),
  })

describe('a failure of a provider', () => {
  it.each<[string, unknown, object]>([
    ['a refused key', http(401, 'Incorrect API key provided'), { code: 'unauthorized' }],
    ['a key without the right', http(403, 'not allowed in your country'), { code: 'forbidden' }],
    ['an empty account', http(429, 'You exceeded your current quota (insufficient_quota)'), { code: 'forbidden' }],
    [
      'too many requests, seconds',
      http(429, 'slow down', { 'Retry-After': '7' }),
      { code: 'rate_limited', retryAfterMs: 7000 },
    ],
    [
      'too many requests, milliseconds',
      http(429, 'slow down', { 'retry-after-ms': '120', 'retry-after': '1' }),
      { code: 'rate_limited', retryAfterMs: 120 },
    ],
    [
      'too many requests, a date',
      http(429, 'slow down', { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' }),
      { code: 'rate_limited', retryAfterMs: 9000 },
    ],
    [
      'an absurd wait is cut to an hour',
      http(429, 'slow down', { 'retry-after': '999999999' }),
      { retryAfterMs: 3_600_000 },
    ],
    ['an unknown model', http(404, 'The model does not exist'), { code: 'not_found' }],
    ['an overloaded vendor', http(529, 'Overloaded'), { code: 'unavailable', reason: 'overload' }],
    [
      'a busy vendor',
      http(503, '', { 'retry-after': '2' }),
      { code: 'unavailable', reason: 'overload', retryAfterMs: 2000 },
    ],
    ['a broken vendor', http(500, 'internal'), { code: 'unavailable' }],
    [
      'a too long conversation (OpenAI)',
      http(400, "This model's maximum context length is 128000 tokens."),
      { code: 'invalid_params', reason: 'overflow' },
    ],
    [
      'a too long conversation (Anthropic)',
      http(400, 'prompt is too long: 210000 tokens > 200000 maximum'),
      { reason: 'overflow' },
    ],
    [
      'a too long conversation (llama.cpp)',
      http(400, 'the request exceeds the available context size'),
      { reason: 'overflow' },
    ],
    ['a too long conversation (by size)', http(413), { reason: 'overflow' }],
    ['refused content', http(400, 'flagged by content_filter'), { code: 'forbidden', reason: 'refused' }],
    ['refused content (Azure)', http(400, 'ResponsibleAIPolicyViolation'), { reason: 'refused' }],
    ['refused content (Gemini)', http(400, 'blocked due to PROHIBITED_CONTENT'), { reason: 'refused' }],
    ['a parameter with a word like that', http(400, 'unknown parameter safety_identifier'), { code: 'invalid_params' }],
    ['a refused key (Gemini)', http(400, 'API key not valid. Please pass a valid API key.'), { code: 'unauthorized' }],
    ['no credit (Anthropic)', http(400, 'Your credit balance is too low'), { code: 'forbidden' }],
    [
      'a too long conversation (Gemini)',
      http(400, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
      { reason: 'overflow' },
    ],
    [
      'a too long conversation (Anthropic, with the answer)',
      http(400, 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'),
      { reason: 'overflow' },
    ],
    [
      'a too long conversation (Mistral)',
      http(
        400,
        'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      ),
      { reason: 'overflow' },
    ],
    [
      'a too long conversation (xAI)',
      http(400, "This model's maximum prompt length is 131072 but the request contains 150000 tokens."),
      { reason: 'overflow' },
    ],
    [
      'a too long conversation (Ollama)',
      http(400, 'the input length exceeds the context length'),
      { reason: 'overflow' },
    ],
    ['another refused request', http(400, 'unknown parameter'), { code: 'invalid_params' }],
    ['a chunk with a status in its code (OpenRouter)', { code: 502, message: 'upstream' }, { code: 'unavailable' }],
    ['a chunk with words in its code', { code: 'rate_limit_exceeded', message: 'slow down' }, { code: 'rate_limited' }],
    [
      'no connection',
      new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
      { code: 'unavailable' },
    ],
    ['an abort', new DOMException('stopped', 'AbortError'), { code: 'aborted' }],
    ['nothing at all', undefined, { code: 'unavailable' }],
  ])('%s', (_, thrown, expected) => {
    expect(readFailure(thrown, 'acme/m1', 0)).toMatchObject(expected)
  })

  it('names the model, what to do, and at most 300 letters of what the vendor said, never the request', () => {
    const { message } = readFailure(http(400, `bad ${'x'.repeat(5000)}`), 'acme/m1')
    expect(message).toMatch(/^acme\/m1: the request was refused \(400\): bad x/)
    expect(message.length).toBeLessThan(360)
    expect(JSON.stringify(readFailure(http(400, 'bad'), 'acme/m1'))).not.toContain('in the request')
  })
})
