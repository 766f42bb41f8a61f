import type { Line, LineDraft } from '@openclaw/protocol'
import { describe, expect, it } from 'vitest'
import { checkPrefixes, vendors, writtenBy } from './shapes.ts'

/** A conversation in which a model thinks, speaks and calls a tool, and is then asked to go on. */
const drafts: readonly LineDraft[] = [
  { kind: 'user', body: { text: 'What is there?' } },
  {
    kind: 'run',
    body: { run: 'r1', takes: ['l1'], agent: 'main', model: '', config: '', tools: '', plugins: {}, seed: '' },
  },
  {
    kind: 'assistant',
    body: {
      run: 'r1',
      model: '',
      stop: 'tool',
      content: [
        { type: 'thinking', text: 'I should look.', keep: true },
        { type: 'text', text: 'I look.' },
        { type: 'call', id: 'call_1', name: 'bash', input: { a: 1 }, keep: true },
      ],
    },
  },
  { kind: 'tool', body: { run: 'r1', call: 'call_1', tool: 'bash', content: [{ type: 'text', text: 'a stone' }] } },
]
const journal = drafts.map((draft, at) => ({ v: 1, id: `l${at + 1}`, seq: at + 1, at: 0, ...draft }) as Line)
const models = vendors.flatMap((vendor) => vendor.models.map((model) => ({ vendor, model })))

describe.each(models)('in the middle of a step of $model', (from) => {
  const kept = vendors
    .flatMap((vendor) => Object.values(vendor.keep('', 1) as Record<string, Record<string, string>>))
    .flatMap((values) => Object.values(values))

  it.each(models)('R7: $model goes on, with what was said and done, and with no signature but its own', async (to) => {
    const { sent, problem } = await checkPrefixes(writtenBy(journal, [from]), to.vendor, to.model)
    expect(problem).toBeUndefined()
    const body = JSON.stringify(sent)
    expect(body).toContain('I look.')
    expect(body).toContain('a stone')
    const signed = kept.filter((text) => text && body.includes(text))
    // The chat shape has no place for a signature of thinking, and Gemini's compatible one for those of calls only.
    if (from.model === to.model) expect(signed.length).toBeGreaterThan(0)
    else expect(signed).toEqual([])
  })
})
