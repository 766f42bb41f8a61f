import { link, linkedPair } from '@openclaw/client'
import type { RunRequest } from '@openclaw/protocol'
import { expect, test } from 'vitest'
import { openNews } from '../../src/runs/news.ts'
import type { Session } from '../../src/sessions/sessions.ts'

/** A session of so many lines. */
const sessionOf = (seq: number, words = 'hello'): Session => ({
  key: 'agent:main:local:default:owner',
  agent: 'main',
  seq,
  first: 1,
  settings: {},
  origin: undefined,
  title: '',
  lowestRole: 'owner',
  lines: () => [],
  texts: (after, upto = seq) =>
    Array.from({ length: Math.max(0, upto - after) }, (_, at) => JSON.stringify({ seq: after + at + 1, words })),
})
const grown = (session: Session, seq: number): Session => Object.assign(session, { seq })
const request = (seq: number): RunRequest => ({
  run: 'run',
  session: 'agent:main:local:default:owner',
  agent: 'main',
  seq,
  models: ['offline/assistant'],
  role: 'owner',
  local: true,
  tools: [],
  workspace: { root: '/workspace', media: '/media' },
  limits: { modelCalls: 1, wallMs: 1, tokens: 1, costUsd: 1, repeats: 1 },
})
/** What crosses the wire, as the other side reads it. */
async function sent<T = RunRequest>(value: unknown): Promise<T> {
  const [near, far] = linkedPair()
  await using _other = link(far, { handlers: { echo: (params) => params } })
  await using wire = link(near)
  return (await wire.call('echo', value as Record<string, unknown>)) as T
}
const seqs = (lines: readonly unknown[] = []) => lines.map((line) => (line as { seq: number }).seq)

test('a request brings what is new since the last one, and is otherwise the same', async () => {
  const news = openNews()
  const session = sessionOf(2)
  const { news: all, ...rest } = await sent(news.with(request(2), session))
  expect(rest).toEqual(request(2))
  expect(all).toMatchObject({ after: 0, first: 1 })
  expect(seqs(all?.lines)).toEqual([1, 2])
  const { news: next } = await sent(news.with(request(5), grown(session, 6)))
  expect(next?.after).toBe(2)
  expect(seqs(next?.lines)).toEqual([3, 4, 5])
  expect((await sent(news.with(request(5), session))).news).toBeUndefined()
})

test('what the agent asked for is not told again', async () => {
  const news = openNews()
  const session = sessionOf(4)
  const { first, lines } = await sent<{ first: number; lines: unknown[] }>(
    news.answer(session, { session: session.key, after: 1, upto: 3 }),
  )
  expect(first).toBe(1)
  expect(seqs(lines)).toEqual([2, 3])
  expect(seqs((await sent(news.with(request(4), session))).news?.lines)).toEqual([4])
})

test('a long session is asked for by an agent that lacks it, as it may be known', async () => {
  const news = openNews()
  const session = sessionOf(100, 'x'.repeat(1000))
  expect(await sent(news.with(request(100), session))).toEqual(request(100))
  news.answer(session, { session: session.key, after: 0, upto: 100 })
  expect(seqs((await sent(news.with(request(101), grown(session, 101)))).news?.lines)).toEqual([101])
})
