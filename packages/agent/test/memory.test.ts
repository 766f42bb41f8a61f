import type { AnyLine } from '@openclaw/protocol'
import { expect, test } from 'vitest'
import { openMemory, type News } from '../src/memory.ts'

const line = (seq: number): AnyLine => ({
  v: 1,
  id: `line-${seq}`,
  seq,
  at: 0,
  kind: 'note',
  body: { text: `note ${seq}` },
})
const span = (after: number, upto: number) => Array.from({ length: upto - after }, (_, at) => line(after + 1 + at))
const news = (after: number, upto: number): News => ({ after, first: 1, lines: span(after, upto) })

function open() {
  const asked: [after: number, upto: number][] = []
  const memory = openMemory(async (_session, after, upto) => {
    asked.push([after, upto])
    return { lines: span(after, upto), first: 1 }
  }, 1024 * 1024)
  const recall = async (seq: number, told?: News) =>
    (await memory.recall('session', seq, told)).lines.map((one) => one.seq)
  return { memory, asked, recall }
}

test('news that go on from what is known are not asked for', async () => {
  const { asked, recall } = open()
  expect(await recall(2, news(0, 2))).toEqual([1, 2])
  expect(await recall(4, news(2, 4))).toEqual([1, 2, 3, 4])
  expect(asked).toEqual([])
})

test('what is known of the news already counts once', async () => {
  const { asked, recall } = open()
  expect(await recall(4)).toEqual([1, 2, 3, 4])
  expect(await recall(6, news(2, 6))).toEqual([1, 2, 3, 4, 5, 6])
  expect(asked).toEqual([[0, 4]])
})

test('a fresh process, and one that forgot, ask for everything: the news begin after it', async () => {
  const { memory, asked, recall } = open()
  expect(await recall(6, news(4, 6))).toEqual([1, 2, 3, 4, 5, 6])
  memory.forget('session')
  expect(await recall(8, news(6, 8))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(asked).toEqual([
    [0, 6],
    [0, 8],
  ])
})
