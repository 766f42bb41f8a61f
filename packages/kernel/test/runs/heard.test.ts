import type { AnyLine, LineDraft, Origin } from '@openclaw/protocol'
import { expect, it } from 'vitest'
import { foreignIn, openHeard, trustOf } from '../../src/runs/heard.ts'

const line = (draft: LineDraft): AnyLine => ({ v: 1, id: 'x', seq: 1, at: 1, ...draft }) as AnyLine
const owner = { role: 'owner', trust: 'owner' } as const
const said = (more: Partial<LineDraft<'user'>> = {}) => line({ kind: 'user', body: { text: 'hi' }, ...owner, ...more })
const result = (trust?: 'owner' | 'outside') =>
  line({
    kind: 'tool',
    body: { run: 'r', call: 'c', tool: 't', content: [{ type: 'text', text: 'x' }] },
    ...(trust ? { trust } : {}),
  })
const summary = (trust?: 'owner' | 'outside') =>
  line({
    kind: 'checkpoint',
    body: {
      reason: 'compaction',
      summary: 'so far',
      settings: {},
      notes: [],
      orders: [],
      totals: { lines: 1, usage: { input: 0, cached: 0, output: 0 } },
    },
    ...(trust ? { trust } : {}),
  })
const from = (origin: Partial<Origin>): Origin => ({
  channel: 'local',
  account: 'default',
  peer: { kind: 'direct', id: 'owner' },
  ...origin,
})
const pending = [{ sender: { id: 'eve' }, text: 'psst', atMs: 1 }]
const assistant = line({ kind: 'assistant', body: { run: 'r', model: 'm', content: [], stop: 'end' } })

it.each([
  ['what the owner said, and what was answered', [said(), assistant], undefined],
  ['a result of which the gateway wrote all', [said(), result('owner')], undefined],
  ['a result that may hold anything', [said(), result()], 'anybody'],
  ['a page', [said(), result(), result('outside')], 'strangers'],
  ['a member, whose role the run has', [said({ role: 'member', trust: 'member' })], undefined],
  [
    'what others said before, whose role it has',
    [said({ body: { text: 'hi', pending }, trust: 'outside' })],
    undefined,
  ],
  ['a quote', [said({ body: { text: 'hi', quote: { text: 'psst' } } })], 'anybody'],
  ['what became of a task', [said({ origin: from({ channel: 'subagent' }) })], 'anybody'],
  ['what a tool said in another session', [said({ origin: from({ sender: 'run:r1' }) })], 'anybody'],
  ['a beat of the heart', [said({ origin: from({ sender: 'heartbeat' }) })], undefined],
  ['a summary of what the owner said', [summary('owner'), said()], undefined],
  ['a summary of what strangers said', [summary('outside'), said()], 'strangers'],
  ['a summary of which nobody knows', [summary(), said()], 'anybody'],
] as const)(
  'S21: that %s is in the context is known by the journal, and a summary of it keeps that',
  (_, lines, foreign) => {
    expect(foreignIn(lines)).toBe(foreign)
    const trust = trustOf(lines)
    expect(foreignIn([line({ ...summary(), ...(trust ? { trust } : {}) } as LineDraft)])).toBe(foreign)
  },
)

it('S21: a result counts from the moment at which it is there, before its line is durable', () => {
  const heard = openHeard()
  expect(heard.foreign([said()])).toBeUndefined()
  heard.add(false)
  expect(heard.foreign([said()])).toBeUndefined()
  heard.add(undefined)
  expect(heard.foreign([said()])).toBe('anybody')
  expect(heard.foreign([said(), result('outside')])).toBe('strangers')
  heard.add(true)
  heard.add(undefined)
  expect(heard.foreign([said()])).toBe('strangers')
})
