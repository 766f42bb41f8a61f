import type { AnyLine, Content, Line, LineDraft, Part } from '@openclaw/protocol'
import fc from 'fast-check'

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n\t', '[from x]\n', '🦞') },
)
const runs = fc.constantFrom('r1', 'r2')
const callIds = fc.constantFrom('a', 'b', 'call_0', '', 'toolu:1|weird id', 'x'.repeat(80))
const names = fc.constantFrom('bash', 'read', 'two words', '', '2nd', '-')
const messages = fc.constantFrom('m1', 'm2', 'm3')
const content: fc.Arbitrary<Content[]> = fc.array(
  fc.oneof(
    text.map((said): Content => ({ type: 'text', text: said })),
    fc.constant<Content>({ type: 'file', mime: 'image/png', ref: 'media:0' }),
  ),
  { maxLength: 3 },
)
const part: fc.Arbitrary<Part> = fc.oneof(
  text.map((said): Part => ({ type: 'text', text: said })),
  fc
    .record({ type: fc.constant('thinking' as const), text, keep: fc.constantFrom(undefined, { signature: 1 }) })
    .map(({ keep, ...rest }): Part => (keep ? { ...rest, keep } : rest)),
  fc.record({
    type: fc.constant('call' as const),
    id: callIds,
    name: names,
    input: fc.constantFrom<unknown>({ a: 1 }, {}, null, 'text', [1], undefined),
  }),
)
const usage = { input: 1, cached: 0, output: 1 }

/** A line whose references are chosen by number among the lines before it. */
type Wish = (lines: readonly AnyLine[]) => LineDraft | { kind: string; body: unknown } | { erase: number }

const pick = (lines: readonly AnyLine[], kind: string, n: number) => {
  const fitting = lines.filter((line) => line.kind === kind)
  return fitting.length > 0 ? fitting[n % fitting.length]!.id : 'nobody'
}
const user = fc
  .record({ text, message: messages, group: fc.boolean(), files: fc.boolean(), pending: fc.boolean() })
  .map(({ text: said, message, group, files, pending }): Wish => () => ({
    kind: 'user',
    body: {
      text: said,
      sender: { id: 's1', name: said },
      ...(files ? { attachments: [{ ref: group ? 'media:1' : 'platform:1', mime: 'image/png', name: said }] } : {}),
      ...(group ? {} : { quote: { text: said } }),
      ...(pending ? { pending: [{ sender: { id: 's2' }, text: said, atMs: 1 }] } : {}),
    },
    origin: { channel: 'c', account: 'd', peer: { kind: group ? 'group' : 'direct', id: 'p' }, message },
    role: 'owner',
  }))
const takes = fc.array(fc.nat(20), { maxLength: 3 })
const run = fc
  .record({ run: runs, takes, note: fc.option(text, { nil: undefined }) })
  .map(({ run: id, takes: which, note }): Wish => (lines) => ({
    kind: 'run',
    body: {
      run: id,
      takes: which.map((n) => pick(lines, 'user', n)),
      agent: 'main',
      model: 'p/m',
      config: '',
      tools: '',
      plugins: {},
      seed: '',
      ...(note === undefined ? {} : { note }),
    },
  }))
const take = fc.record({ run: runs, takes }).map(({ run: id, takes: which }): Wish => (lines) => ({
  kind: 'take',
  body: { run: id, takes: which.map((n) => pick(lines, 'user', n)) },
}))
const assistant = fc
  .record({
    run: runs,
    content: fc.array(part, { maxLength: 5 }),
    stop: fc.constantFrom('end' as const, 'tool' as const, 'length' as const, 'aborted' as const),
    model: fc.constantFrom('p/m', 'q/n'),
  })
  .map((body): Wish => () => ({ kind: 'assistant', body: { ...body, usage } }))
const openCall = (lines: readonly AnyLine[], n: number) => {
  const calls = lines.flatMap((line) =>
    line.kind === 'assistant' && line.body
      ? (line as Line<'assistant'>).body.content.flatMap((one) =>
          one.type === 'call' ? [{ run: (line as Line<'assistant'>).body.run, call: one.id, tool: one.name }] : [],
        )
      : [],
  )
  return calls.length > 0 ? calls.at(-1 - (n % Math.min(4, calls.length)))! : { run: 'r1', call: 'a', tool: 'bash' }
}
const intent = fc.nat(9).map((n): Wish => (lines) => ({ kind: 'intent', body: { ...openCall(lines, n), input: '' } }))
const tool = fc
  .record({ n: fc.nat(9), content, failed: fc.boolean() })
  .map(({ n, content: said, failed }): Wish => (lines) => ({
    kind: 'tool',
    body: { ...openCall(lines, n), content: said, failed },
  }))
const checkpoint = fc
  .record({
    reason: fc.constantFrom('compaction' as const, 'reset' as const, 'new' as const),
    summary: fc.option(text, { nil: undefined }),
    keep: fc.option(fc.nat(30), { nil: undefined }),
    notes: fc.array(text, { maxLength: 2 }),
  })
  .map(({ reason, summary, keep, notes }): Wish => (lines) => ({
    kind: 'checkpoint',
    body: {
      reason,
      ...(summary === undefined ? {} : { summary }),
      ...(keep === undefined || lines.length === 0 ? {} : { keep: { id: lines[keep % lines.length]!.id, offset: 0 } }),
      settings: {},
      notes,
      orders: [],
      totals: { lines: lines.length, usage },
    },
  }))
const rest: fc.Arbitrary<Wish> = fc.oneof(
  text.map((said): Wish => () => ({ kind: 'note', body: { text: said } })),
  fc.record({ message: messages, text }).map((body): Wish => () => ({ kind: 'revision', body })),
  fc.constantFrom<object>({ stored: 'media:0' }, { failure: 'gone' }, {}).map((file): Wish => () => ({
    kind: 'media',
    body: { files: [{ ref: 'platform:1', ...file }] },
  })),
  runs.map((id): Wish => () => ({ kind: 'end', body: { run: id, outcome: 'aborted' } })),
  text.map((said): Wish => () => ({ kind: 'system', body: { text: said } })),
  fc.constant<Wish>(() => ({ kind: 'hologram', body: { from: 'a newer version' } })),
  fc.nat(30).map((n): Wish => () => ({ erase: n })),
)

/** Any journal: also those no runtime of ours would write, with references that lead nowhere and lines of the future. */
export const journals: fc.Arbitrary<AnyLine[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: user },
      { weight: 3, arbitrary: run },
      { weight: 1, arbitrary: take },
      { weight: 5, arbitrary: assistant },
      { weight: 2, arbitrary: intent },
      { weight: 6, arbitrary: tool },
      { weight: 1, arbitrary: checkpoint },
      { weight: 2, arbitrary: rest },
    ),
    { maxLength: 30 },
  )
  .map((wishes) => {
    const lines: AnyLine[] = []
    for (const wish of wishes) {
      const draft = wish(lines)
      if ('erase' in draft) {
        const at = draft.erase % Math.max(1, lines.length)
        const before = lines[at]
        if (before) {
          const { body: _, erased: __, ...head } = before
          lines[at] = { ...head, erased: '0'.repeat(64) }
        }
      } else lines.push({ v: 1, id: `l${lines.length + 1}`, seq: lines.length + 1, at: 0, ...draft } as AnyLine)
    }
    return lines
  })
