import { journalVersion, lineBodies } from '@openclaw/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainEnd } from '../src/rooms/chat/endings.ts'
import { type JournalLine, mergeLines, readableVersion } from '../src/rooms/chat/lines.ts'
import { foldEvent, type Live, runsOf, settleLine, withLive } from '../src/rooms/chat/live.ts'
import { foldLines, type Item, keepItems } from '../src/rooms/chat/transcript.ts'
import { hostile } from './hostile.ts'
import { lines } from './scene.ts'

const none = new Set<string>()
const answer = (run: string, ...content: unknown[]): [string, unknown] => [
  'assistant',
  { run, model: 'p/m', stop: 'end', content, usage: { input: 10, cached: 0, output: 5 } },
]
const text = (said: string) => ({ type: 'text', text: said })
const call = (id: string) => ({ type: 'call', id, name: 'bash', input: { command: `do ${id}` } })
const result = (run: string, id: string, failed?: boolean): [string, unknown] => [
  'tool',
  { run, call: id, tool: 'bash', content: [text(`out ${id}`)], ...(failed ? { failed } : {}) },
]
const show = (items: readonly Item[]) =>
  items.map((item) =>
    item.kind === 'answer'
      ? item.parts.map((part) => (part.kind === 'call' ? `${part.call}:${part.state}` : part.text)).join('|')
      : item.kind === 'said'
        ? `said ${item.text}`
        : item.kind,
  )

describe('journal lines', () => {
  it('are of the version that the protocol writes', () => {
    expect(readableVersion).toBe(journalVersion)
  })

  it('fold the steps of a run into one answer, with each result at its call', () => {
    const items = foldLines(
      lines(
        ['user', { text: 'hi' }],
        ['run', { run: 'r', takes: ['l1'] }],
        answer('r', { type: 'thinking', text: 'hm' }, text('a'), call('c1'), call('c2')),
        result('r', 'c2', true),
        result('r', 'c1'),
        answer('r', text('b')),
      ),
      none,
    )
    expect(show(items)).toEqual(['said hi', 'hm|a|c1:done|c2:failed|b'])
    expect(items[1]).toMatchObject({ usage: { input: 20, output: 10 }, live: false, model: 'p/m' })
  })

  it('say of a call without a result that it may have happened, once its run is over', () => {
    const journal = lines(['user', { text: 'hi' }], answer('r', call('c1')))
    expect(show(foldLines(journal, new Set(['r'])))).toEqual(['said hi', 'c1:running'])
    expect(show(foldLines(journal, none))).toEqual(['said hi', 'c1:unknown'])
  })

  it('show what arrived during a run where it arrived, as waiting until a run takes it', () => {
    const journal = lines(
      ['user', { text: 'one' }],
      ['run', { run: 'r', takes: ['l1'] }],
      answer('r', text('a')),
      ['user', { text: 'two' }],
      answer('r', text('b')),
    )
    const items = foldLines(journal, new Set(['r']))
    expect(show(items)).toEqual(['said one', 'a', 'said two', 'b'])
    expect(items.flatMap((item) => (item.kind === 'said' ? [item.waiting] : []))).toEqual([false, true])
    expect(items.filter((item) => item.kind === 'answer').map((item) => item.key)).toEqual(['answer:r:0', 'answer:r:1'])
    const taken = foldLines(
      [...journal, ...lines(['take', { run: 'r', takes: ['l4'] }]).map((line) => ({ ...line, seq: 6, id: 'l6' }))],
      new Set(['r']),
    )
    expect(taken.flatMap((item) => (item.kind === 'said' ? [item.waiting] : []))).toEqual([false, false])
  })

  it('show endings, checkpoints, notes, settings, edits, reactions and erased lines, and pass over the rest', () => {
    const origin = {
      channel: 'telegram',
      account: 'default',
      peer: { kind: 'direct', id: '1' },
      message: 'm1',
    } as const
    const journal = lines(
      ['session', { key: 'k', agent: 'main' }],
      ['system', { text: 'secret prompt' }],
      ['user', { text: 'old', sender: { id: '7', name: 'Ann' } }, { origin }],
      ['revision', { message: 'm1', text: 'new' }],
      ['reaction', { message: 'm1', emoji: '👍' }],
      ['end', { run: 'r', outcome: 'failed', failure: { code: 'rate_limited', message: 'slow down' } }],
      ['checkpoint', { reason: 'compaction', summary: 'They met.' }],
      ['note', { text: 'by the way', label: 'cron' }],
      ['settings', { model: 'p/x', thinking: null }],
      ['intent', { run: 'r', call: 'c', tool: 'bash', input: 'x' }],
      ['hologram', { text: 'from the future' }],
      ['user', undefined, { erased: 'ab' }],
      ['user', { text: 'newer' }, { v: 2 }],
    )
    const items = foldLines(journal, none)
    expect(show(items)).toEqual(['said new', 'ended', 'divider', 'note', 'change', 'erased'])
    expect(items[0]).toMatchObject({ name: 'Ann', channel: 'telegram', revised: 'changed', reactions: ['👍'] })
    expect(items[4]).toMatchObject({ text: 'Model: p/x · Thinking: the default' })
  })

  it('never break the page, whatever stands in a body', () => {
    const kinds = Object.keys(lineBodies)
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom(...kinds),
            fc.oneof(
              fc.anything(),
              fc.record(
                {
                  text: fc.anything(),
                  content: fc.anything(),
                  run: fc.anything(),
                  takes: fc.constantFrom([], ['l1']),
                  attachments: fc.anything(),
                  call: fc.anything(),
                  summary: fc.anything(),
                  failure: fc.constantFrom(undefined, { code: 'internal', message: 'x' }),
                },
                { requiredKeys: [] },
              ),
            ),
          ),
          { maxLength: 12 },
        ),
        (drafts) => {
          const journal = lines(...drafts.map(([kind, body]): [string, unknown] => [kind, body]))
          expect(Array.isArray(foldLines(journal, none))).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('merge by sequence, each once, in order', () => {
    const all = lines(['a', 1], ['b', 2], ['c', 3], ['d', 4])
    fc.assert(
      fc.property(fc.shuffledSubarray(all), fc.shuffledSubarray(all), (one, two) => {
        const merged = mergeLines(mergeLines([], one), two)
        expect(merged).toEqual(all.filter((line) => one.includes(line) || two.includes(line)))
      }),
    )
    expect(mergeLines(all, [])).toBe(all)
  })

  it('leave unchanged items the same objects', () => {
    const journal = lines(['user', { text: 'a' }], answer('r', text('b')), ['user', { text: 'c' }])
    const before = foldLines(journal, none)
    const after = keepItems(
      before,
      foldLines([...journal, ...lines(['note', { text: 'n' }]).map((line) => ({ ...line, id: 'l4', seq: 4 }))], none),
    )
    expect(after.slice(0, 3).every((item, index) => item === before[index])).toBe(true)
  })

  it.each(['failed', 'interrupted', 'aborted'] as const)('a run that %s is explained', (outcome) => {
    const { title, text: said, next } = explainEnd(outcome, { code: 'unauthorized', message: 'the key was refused' })
    expect(title).not.toBe('')
    expect(said).toBe('the key was refused')
    expect(next === '').toBe(outcome === 'aborted')
  })
})

describe('streamed events', () => {
  const run = 'r'
  /** What a person sees after each thing that happens, and whether the pieces kept their keys. */
  function play(...steps: readonly (JournalLine | [Parameters<typeof foldEvent>[1], Record<string, unknown>])[]): {
    shown: string[][]
    keys: string[][]
  } {
    let live: Live = new Map()
    let journal: readonly JournalLine[] = lines(['user', { text: 'hi' }], ['run', { run, takes: ['l1'] }])
    const shown: string[][] = []
    const keys: string[][] = []
    for (const step of steps) {
      if (Array.isArray(step)) live = foldEvent(live, step[0], { run, ...step[1] } as never, 5)
      else {
        journal = mergeLines(journal, [{ ...step, seq: (journal.at(-1)?.seq ?? 0) + 1, id: `n${journal.length}` }])
        live = settleLine(live, step)
      }
      const items = withLive(foldLines(journal, runsOf(live)), live)
      shown.push(show(items).slice(1))
      keys.push(
        items.flatMap((item) => (item.kind === 'answer' ? item.parts.map((part) => `${item.key}/${part.key}`) : [])),
      )
    }
    return { shown, keys }
  }
  const line = (draft: [string, unknown]) => lines(draft)[0]!

  it('become durable in place: text, call and result keep their keys and never show twice', () => {
    const { shown, keys } = play(
      ['agent.start', { model: 'p/m', takes: ['l1'] }],
      ['agent.thinking', { delta: 'hm' }],
      ['agent.text', { delta: 'let ' }],
      ['agent.text', { delta: 'me' }],
      line(answer(run, { type: 'thinking', text: 'hm' }, text('let me'), call('c1'))),
      ['agent.tool.start', { call: 'c1', tool: 'bash', input: {} }],
      ['agent.tool.progress', { call: 'c1', tool: 'bash', content: [text('half')] }],
      ['agent.tool.result', { call: 'c1', tool: 'bash', content: [text('out c1')], failed: false }],
      line(result(run, 'c1')),
      ['agent.text', { delta: 'done' }],
      ['agent.end', { outcome: 'answered' }],
      line(answer(run, text('done'))),
    )
    expect(shown).toEqual([
      [],
      ['hm'],
      ['hm|let '],
      ['hm|let me'],
      ['hm|let me|c1:running'],
      ['hm|let me|c1:running'],
      ['hm|let me|c1:running'],
      ['hm|let me|c1:done'],
      ['hm|let me|c1:done'],
      ['hm|let me|c1:done|done'],
      ['hm|let me|c1:done|done'],
      ['hm|let me|c1:done|done'],
    ])
    expect(keys.at(-1)).toEqual(['answer:r:0/0', 'answer:r:0/1', 'answer:r:0/2', 'answer:r:0/3'])
    for (const seen of keys) expect(keys.at(-1)!.slice(0, seen.length)).toEqual(seen)
  })

  it('show a call that begins before its line is durable', () => {
    const { shown } = play(
      ['agent.tool.start', { call: 'c1', tool: 'bash', input: {} }],
      ['agent.tool.result', { call: 'c1', tool: 'bash', content: [], failed: true }],
      line(answer(run, call('c1'))),
      line(result(run, 'c1', true)),
    )
    expect(shown).toEqual([['c1:running'], ['c1:failed'], ['c1:failed'], ['c1:failed']])
  })

  it('go when the run ends without an answer', () => {
    const { shown } = play(
      ['agent.text', { delta: 'half' }],
      ['agent.end', { outcome: 'failed' }],
      line(['end', { run, outcome: 'failed' }]),
    )
    expect(shown.at(-1)).toEqual(['ended'])
  })

  it('leave items that nothing streams into the same objects', () => {
    const items = foldLines(lines(['user', { text: 'a' }], answer('q', text('b')), ['user', { text: 'c' }]), none)
    const live = foldEvent(new Map(), 'agent.text', { run, delta: 'x' }, 0)
    const shown = withLive(items, live)
    expect(shown).toHaveLength(4)
    expect(shown.slice(0, 3).every((item, index) => item === items[index])).toBe(true)
  })

  it('S16: hostile text is text in every field', () => {
    for (const bad of hostile.slice(0, 100)) {
      const live = foldEvent(
        foldEvent(new Map(), 'agent.text', { run: bad, delta: bad }, 0),
        'agent.tool.start',
        { run: bad, call: bad, tool: bad, input: { command: bad } },
        0,
      )
      const [shown] = withLive([], live)
      expect(shown).toMatchObject({ run: bad, parts: [{ text: bad }, { tool: bad }] })
    }
  })
})
