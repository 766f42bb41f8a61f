import { isLine, type AnyLine, type LineDraft } from '@openclaw/protocol'
import type { ModelRequest } from '@openclaw/sdk'
import { callTool, fail, say, scriptedProvider, type Act } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { textTokens } from '../src/tokens.ts'
import { startAgent, type TestGateway } from './gateway.ts'
import { random } from './orders.ts'

const window = 8000
const isSummary = ({ system }: ModelRequest) => system.startsWith('Summarise')
const tokensOf = (request: ModelRequest) =>
  textTokens(request.system + JSON.stringify(request.tools) + JSON.stringify(request.turns))

/** A model that refuses what is longer than its window, as vendors do, and that may keep the size to itself. */
function narrow(
  options: { listed: boolean; says?: string; answer?: (request: ModelRequest) => Act } = { listed: true },
) {
  return scriptedProvider(
    (request) => {
      if (tokensOf(request) > window)
        return fail('invalid_params', { reason: 'overflow', message: options.says ?? 'the prompt is too long' })
      return isSummary(request) ? say('they talked at length') : (options.answer?.(request) ?? say('fine'))
    },
    { limits: options.listed ? { contextTokens: window, outputTokens: 1000 } : {} },
  )
}

/** A conversation of so many times the window, as another model left it. */
function fill(gateway: TestGateway, times: number) {
  const words = 'all the words that were said here before '.repeat(20)
  for (let tokens = 0; tokens < window * times; tokens += 2 * textTokens(words)) {
    const { id } = gateway.accept('s', `${words} ${tokens}`)
    gateway.append('s', gateway.request('s', [id]).begin as LineDraft, {
      kind: 'assistant',
      body: { run: 'old', model: 'other/model', content: [{ type: 'text', text: words }], stop: 'end' },
    })
  }
}

const checkpoints = (lines: readonly AnyLine[]) => lines.filter((line) => isLine(line, 'checkpoint'))

describe('a session that is longer than its model can read', () => {
  for (const times of [1.1, 3, 10]) {
    for (const listed of [true, false]) {
      it(`${times} times, with a window that is ${listed ? 'known' : 'not known'}: answered within three model calls`, async () => {
        const model = narrow({ listed })
        await using gateway = await startAgent([model])
        fill(gateway, times)
        const result = await gateway.ask('s', 'what was the first thing that I said?')
        expect(result).toMatchObject({ outcome: 'answered', text: 'fine' })
        expect(model.requests.length).toBeLessThanOrEqual(3)
        const last = model.requests.at(-1)!
        expect(JSON.stringify(last.turns)).toContain('they talked at length')
        expect(JSON.stringify(last.turns)).toContain('what was the first thing')
        expect(checkpoints(gateway.journal('s'))).toHaveLength(1)
        // The next run knows what room there is, and begins with the summary.
        const asked = model.requests.length
        expect(await gateway.ask('s', 'and the second?')).toMatchObject({ outcome: 'answered' })
        expect(model.requests.length).toBe(asked + 1)
      })
    }
  }

  it('the size that a vendor names in its refusal is taken', async () => {
    const says = `This model's maximum context length is ${window} tokens. However, your messages resulted in 24000 tokens.`
    const model = narrow({ listed: false, says })
    await using gateway = await startAgent([model])
    fill(gateway, 3)
    expect(await gateway.ask('s', 'go on')).toMatchObject({ outcome: 'answered' })
    expect(tokensOf(model.requests.at(-1)!)).toBeGreaterThan(window / 8)
  })

  it('a message that is longer than the window itself ends in a clear notice', async () => {
    for (const listed of [true, false]) {
      const model = narrow({ listed })
      await using gateway = await startAgent([model])
      fill(gateway, 1.5)
      const result = await gateway.ask('s', 'one word '.repeat(window))
      expect(result).toMatchObject({ outcome: 'failed', failure: { message: expect.stringContaining('/new') } })
      expect(model.requests.length).toBeLessThanOrEqual(3)
    }
  })

  it('one run whose results grow beyond the window goes on with the newest of them', async () => {
    let step = 0
    const model = narrow({
      listed: true,
      answer: () => (++step <= 12 ? callTool('look', { step }) : say('looked at all')),
    })
    await using gateway = await startAgent(
      [model],
      [
        {
          name: 'look',
          description: 'Looks.',
          input: Type.Object({}),
          effect: 'read',
          run: async (input) => ({
            content: [{ type: 'text', text: `${JSON.stringify(input)} ${'page of text '.repeat(400)}` }],
          }),
        },
      ],
    )
    const result = await gateway.ask('s', 'look at everything', { tools: ['look'] })
    expect(result.failure).toBeUndefined()
    expect(result).toMatchObject({ outcome: 'answered', text: 'looked at all' })
    const turns = JSON.stringify(model.requests.at(-1)!.turns)
    expect(turns).toContain('look at everything')
    expect(turns).toContain('are left out; call the tool again')
    // Nothing is missing in the journal.
    const results = gateway.journal('s').filter((line) => isLine(line, 'tool'))
    expect(results).toHaveLength(12)
    for (const { body } of results) expect(JSON.stringify(body)).toContain('page of text '.repeat(400))
  })

  it('the run pays for its summary, and its limit of model calls holds', async () => {
    const model = narrow()
    await using gateway = await startAgent([model])
    fill(gateway, 2)
    const result = await gateway.ask('s', 'go on', {
      limits: { modelCalls: 1, wallMs: 60_000, tokens: 0, costUsd: 0, repeats: 5 },
    })
    expect(result).toMatchObject({ outcome: 'failed', failure: { message: expect.stringContaining('1 model calls') } })
    expect(model.requests).toHaveLength(1)
    expect(isSummary(model.requests[0]!)).toBe(true)
    expect(result.usage).toEqual({ input: 10, cached: 0, output: 5 })
  })
})

describe('requests of a long session', () => {
  it('P8: share their beginning, also while old results are left out', async () => {
    const model = scriptedProvider(
      ({ turns }) => (turns.at(-1)?.role === 'user' ? callTool('look', { at: turns.length }) : say('seen')),
      { limits: { contextTokens: 100_000, outputTokens: 1000 } },
    )
    await using gateway = await startAgent(
      [model],
      [
        {
          name: 'look',
          description: 'Looks.',
          input: Type.Object({}),
          effect: 'read',
          run: async () => ({ content: [{ type: 'text', text: 'a page '.repeat(1000) }] }),
        },
      ],
    )
    for (let n = 0; n < 80; n++) await gateway.ask('s', `question ${n}`, { tools: ['look'] })
    const texts = model.requests.map(({ turns }) => JSON.stringify(turns).slice(0, -1))
    const breaks = texts.slice(1).filter((text, at) => !text.startsWith(texts[at]!))
    expect(tokensOf(model.requests.at(-1)!)).toBeLessThan(100_000)
    expect(texts.some((text) => text.includes('left out'))).toBe(true)
    // Once in every step that the window is full, and not with each request.
    expect(breaks.length).toBeGreaterThan(0)
    expect(breaks.length).toBeLessThan(texts.length / 15)
  })
})

describe('standing orders', () => {
  it('100 conversations with 5 orders each: all are there after 5 summaries that forgot them', async () => {
    const model = scriptedProvider((request) => (isSummary(request) ? say('nothing much') : say('x'.repeat(24_000))))
    await using gateway = await startAgent([model])
    const { conversation } = random(7)
    for (let n = 0; n < 100; n++) {
      const session = `s${n}`
      const { texts, orders } = conversation()
      for (const [at, text] of texts.entries()) {
        await gateway.ask(session, text)
        // Five times, evenly.
        if ((at + 1) % Math.floor(texts.length / 5) === 0) await compactAt(gateway, session, model.model)
      }
      expect(checkpoints(gateway.journal(session)).length).toBeGreaterThanOrEqual(5)
      await gateway.ask(session, 'go on')
      const said = JSON.stringify(model.requests.at(-1)!.turns)
      for (const order of orders) expect(said, `session ${n}`).toContain(order)
    }
  }, 120_000)
})

async function compactAt(gateway: TestGateway, session: string, model: string) {
  const { seq } = gateway.journal(session).at(-1)!
  const made = await gateway.wire.call('session.compact', { session, seq, models: [model] })
  const { summary, keep, orders = [] } = made
  gateway.append(session, {
    kind: 'checkpoint',
    body: {
      reason: 'compaction',
      ...(summary ? { summary } : {}),
      ...(keep ? { keep: { id: keep, offset: 0 } } : {}),
      settings: {},
      notes: [],
      orders,
      totals: { lines: 0, usage: { input: 0, cached: 0, output: 0 } },
    },
  })
  await gateway.wire.call('session.forget', { session })
}
