import { describe, expect, it } from 'vitest'
import { collectEvents, textOf } from '@openclaw/testing'
import { connect, question, sentMessages, startEndpoint } from './connect.ts'

describe('an endpoint that answers', () => {
  it('streams text, and counts what was used', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage('hello', {
      content: 'Hello from the other side.',
      usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
    })
    const models = await connect(endpoint.config)
    const events = await collectEvents(models, question('hello'))
    expect(textOf(events)).toBe('Hello from the other side.')
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1)
    expect(events.at(-1)).toEqual({ type: 'done', stop: 'end', usage: { input: 12, cached: 0, output: 6 } })
    const sent = endpoint.mock.getLastRequest()
    expect(sent?.headers.authorization).toBe('[REDACTED]')
    expect(sent?.body).toMatchObject({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hello' },
      ],
    })
  })

  it('streams reasoning apart from the answer', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage('why', { content: 'Because.', reasoning: 'Let me think.' })
    const events = await collectEvents(await connect(endpoint.config), question('why', { thinking: 'high' }))
    expect(textOf(events, 'thinking')).toBe('Let me think.')
    expect(textOf(events)).toBe('Because.')
    expect(endpoint.mock.getLastRequest()?.body).toMatchObject({ reasoning_effort: 'high' })
  })

  it('says nothing of thinking when it is off: older models do not know the word', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage('why', { content: 'Because.' })
    await collectEvents(await connect(endpoint.config), question('why', { thinking: 'off' }))
    expect(endpoint.mock.getLastRequest()?.body).not.toHaveProperty('reasoning_effort')
  })

  it('calls tools, several at once, and takes their results', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onToolResult('call_b', { content: 'Two files.' })
    endpoint.mock.onMessage('look', {
      toolCalls: [
        { id: 'call_a', name: 'read', arguments: '{"path":"a.md"}' },
        { id: 'call_b', name: 'list', arguments: '{}' },
      ],
    })
    const models = await connect(endpoint.config)
    const tools = [
      {
        name: 'read',
        description: 'Read a file.',
        input: { type: 'object' as const, properties: { path: { type: 'string' } }, required: ['path'] },
      },
      { name: 'list', description: 'List.', input: { type: 'object' as const, properties: {} } },
    ]
    const first = question('look', { tools })
    const events = await collectEvents(models, first)
    expect(events.filter(({ type }) => type === 'call')).toEqual([
      { type: 'call', id: 'call_a', name: 'read', input: { path: 'a.md' } },
      { type: 'call', id: 'call_b', name: 'list', input: {} },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'done', stop: 'tool' })

    const turns = [
      ...first.turns,
      { role: 'assistant' as const, content: events.flatMap((event) => (event.type === 'call' ? [event] : [])) },
      {
        role: 'tool' as const,
        call: 'call_a',
        name: 'read',
        content: [{ type: 'text' as const, text: 'A' }],
        failed: false,
      },
      {
        role: 'tool' as const,
        call: 'call_b',
        name: 'list',
        content: [{ type: 'text' as const, text: 'a.md b.md' }],
        failed: false,
      },
    ]
    expect(textOf(await collectEvents(models, { ...first, turns }))).toBe('Two files.')
  })

  it('is shown images, and told of documents', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage('what is it', { content: 'A dot.' })
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
    const turns = [
      {
        role: 'user' as const,
        content: [
          { type: 'text' as const, text: 'what is it' },
          { type: 'file' as const, mime: 'image/png', bytes },
          { type: 'file' as const, mime: 'application/pdf', name: 'a.pdf', bytes },
        ],
      },
    ]
    await collectEvents(await connect(endpoint.config), question('', { turns }))
    const messages = sentMessages(endpoint.mock)
    expect(messages.at(-1)?.content).toEqual([
      { type: 'text', text: 'what is it' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.from(bytes).toString('base64')}` } },
      { type: 'text', text: '[file a.pdf, application/pdf, 8 bytes: this model cannot read it]' },
    ])
  })

  it('gets earlier reasoning back only where that is asked for', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage('and now', { content: 'Now.' })
    const turns = [
      ...question('first').turns,
      {
        role: 'assistant' as const,
        content: [
          { type: 'thinking' as const, text: 'hm' },
          { type: 'text' as const, text: 'One.' },
        ],
      },
      ...question('and now').turns,
    ]
    for (const replayThinking of [false, true]) {
      await collectEvents(await connect({ ...endpoint.config, replayThinking }), question('', { turns }))
      const messages = sentMessages(endpoint.mock)
      expect('reasoning_content' in (messages[2] ?? {})).toBe(replayThinking)
    }
  })
})

describe('an endpoint in trouble', () => {
  it.each([
    ['a refused key', 401, { message: 'bad key' }, { code: 'unauthorized' }],
    ['an unknown model', 404, { message: 'no such model' }, { code: 'not_found' }],
    ['a broken server', 500, { message: 'oops' }, { code: 'unavailable' }],
    ['an overloaded server', 503, { message: 'busy' }, { code: 'unavailable', reason: 'overload' }],
    [
      'a conversation that is too long',
      400,
      { message: 'maximum context length is 10 tokens', code: 'context_length_exceeded' },
      { code: 'invalid_params', reason: 'overflow' },
    ],
  ])('%s is one typed failure', async (_, status, error, expected) => {
    await using endpoint = await startEndpoint()
    endpoint.mock.nextRequestError(status, error)
    const events = await collectEvents(await connect(endpoint.config), question('hello'))
    expect(events).toEqual([{ type: 'failed', failure: expect.objectContaining(expected) }])
  })

  it('tells how long to wait after too many requests', async () => {
    await using endpoint = await startEndpoint()
    endpoint.mock.on(
      { userMessage: 'hello' },
      { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 3 },
    )
    const events = await collectEvents(await connect(endpoint.config), question('hello'))
    expect(events).toMatchObject([{ type: 'failed', failure: { code: 'rate_limited', retryAfterMs: 3000 } }])
  })

  it.each([
    ['cuts the line in the middle', { truncateAfterChunks: 3 }],
    ['sends what is not JSON', { chaos: { malformedRate: 1 } }],
    ['hangs up at once', { chaos: { disconnectRate: 1 } }],
  ])('%s: a failure at the end, and nothing thrown', async (_, trouble) => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage(
      'hello',
      { content: 'A long answer of many words that comes in many pieces.' },
      { chunkSize: 5, ...trouble },
    )
    const events = await collectEvents(await connect(endpoint.config), question('hello'))
    expect(events.filter(({ type }) => type === 'failed' || type === 'done')).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'unavailable' } })
  })

  it('is not there at all', async () => {
    const events = await collectEvents(await connect({ baseUrl: 'http://127.0.0.1:9/v1' }), question('hello'))
    expect(events).toMatchObject([
      { type: 'failed', failure: { code: 'unavailable', message: expect.stringContaining('whether the server runs') } },
    ])
  })

  it.each([
    ['before the first word', { latency: 20_000 }, 0],
    ['between two words', { latency: 300, chunkSize: 1 }, 1],
  ])('L4: hangs %s, and an abort ends it within a second', async (_, trouble, after) => {
    await using endpoint = await startEndpoint()
    endpoint.mock.onMessage('hello', { content: 'A long answer of many words.' }, trouble)
    const stop = new AbortController()
    const models = await connect(endpoint.config)
    const events = []
    let stoppedAt = 0
    const end = () => {
      stoppedAt = performance.now()
      stop.abort()
    }
    if (after === 0) AbortSignal.timeout(200).addEventListener('abort', end)
    for await (const event of models.stream(question('hello'), stop.signal)) {
      if (events.push(event) === after) end()
    }
    expect(performance.now() - stoppedAt).toBeLessThan(1000)
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'aborted' } })
  })
})
