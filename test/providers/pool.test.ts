import { join } from 'node:path'
import { startModelEndpoint, type Asked } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { furnish } from '../e2e/channels/home.ts'
import { connect, startGateway, temporaryHome } from '../e2e/gateway.ts'

const keyOf = ({ headers }: Asked) => String(headers['x-api-key'])

/** An answer as https://docs.anthropic.com/en/docs/build-with-claude/streaming shows it. */
const hello = [
  {
    type: 'message_start',
    message: {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      content: [],
      model: 'claude-sonnet-4-5',
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } },
  { type: 'message_stop' },
]

it('a provider in a process of its own takes its keys in turn when one must wait', { timeout: 120_000 }, async () => {
  const limited = new Set(['first'])
  await using home = await temporaryHome()
  await using endpoint = await startModelEndpoint((asked) =>
    limited.has(keyOf(asked))
      ? { status: 429, headers: { 'retry-after': '600' }, body: { type: 'error', error: { type: 'rate_limit_error' } } }
      : { body: hello },
  )
  const config = {
    baseUrl: `${endpoint.url}/v1`,
    key: 'env:FIRST',
    keys: ['env:SECOND', 'env:THIRD'],
    models: [{ id: 'claude-sonnet-4-5' }],
  }
  await furnish(
    home.path,
    {
      agents: { main: { model: 'anthropic/claude-sonnet-4-5' } },
      plugins: { anthropic: { isolation: 'process', config } },
    },
    [join(import.meta.dirname, '../../plugins/provider-anthropic')],
  )
  await using gateway = await startGateway(home.path, { FIRST: 'first', SECOND: 'second', THIRD: 'third' })
  await using client = await connect(home.path, gateway.address)
  let count = 0
  const ask = async () => {
    const { run } = await client.call('chat.send', { message: 'hello', idempotencyKey: `k${count++}` })
    return client.call('agent.wait', { run, timeoutMs: 60_000 }, { timeoutMs: 60_000 })
  }
  expect(await ask()).toMatchObject({ status: 'answered', text: 'Hello.' })
  // The one that must wait is left alone, for as long as it said.
  expect(await ask()).toMatchObject({ status: 'answered' })
  limited.add('second')
  expect(await ask()).toMatchObject({ status: 'answered' })
  expect(endpoint.asked.map(keyOf)).toEqual(['first', 'second', 'second', 'second', 'third'])
  const { plugins } = await client.call('plugins.list', {})
  expect(plugins.find(({ id }) => id === 'anthropic')?.holds).toContain('a process of its own')
  // With all of them waiting the person is told, and no key is asked again.
  limited.add('third')
  expect(await ask()).toMatchObject({ status: 'failed', failure: { code: 'rate_limited' } })
})
