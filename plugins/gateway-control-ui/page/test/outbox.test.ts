import { expect, it } from 'vitest'
import { openConversation } from '../src/rooms/chat/conversation.ts'
import { openDrafts } from '../src/rooms/chat/drafts.ts'
import { refuseFiles } from '../src/rooms/chat/files.ts'
import { openOutbox, type Pending, unseen } from '../src/rooms/chat/outbox.ts'
import type { Shelf } from '../src/rooms/chat/shelf.ts'
import { threadKey } from '../src/rooms/chat/sessions.ts'
import { sayBytes, showHidden } from '../src/parts/words.ts'
import { lines, playGateway, session, until } from './scene.ts'

function memoryShelf(): Shelf<Pending> & { readonly kept: Map<string, Pending> } {
  const kept = new Map<string, Pending>()
  return {
    kept,
    put: async (key, value) => void kept.set(key, value),
    remove: async (key) => void kept.delete(key),
    all: async () => [...kept.values()],
  }
}
const failure = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more })
type Sent = { message: string; idempotencyKey: string }
const hi = { session, message: 'hi', attachments: [], afterSeq: 0 }

it('R2: a message whose answer was lost goes out again under the same key, and counts once', async () => {
  const sent: Sent[] = []
  const gateway = playGateway({
    'chat.send': (params: Sent) => {
      sent.push(params)
      if (sent.length === 1) {
        gateway.go('waiting')
        throw failure('unavailable')
      }
      return { run: 'r', session, line: 'l1', repeated: true }
    },
  })
  using outbox = openOutbox(gateway, memoryShelf())
  outbox.send(hi)
  await until(() => outbox.pending.value[0]?.state === 'waiting' && sent.length === 1)
  gateway.go('open')
  await until(() => outbox.pending.value[0]?.state === 'durable')
  expect(sent).toHaveLength(2)
  expect(sent[0]?.idempotencyKey).toBe(sent[1]?.idempotencyKey)
  outbox.settle(session, lines(['user', { text: 'hi' }]))
  expect(outbox.pending.value).toEqual([])
})

it('R2: a message that was on its way when the page was closed is sent by the next one, under the same key', async () => {
  const shelf = memoryShelf()
  const away = playGateway({})
  away.go('waiting')
  {
    using outbox = openOutbox(away, shelf)
    outbox.send(hi)
    await until(() => shelf.kept.size === 1)
  }
  const [key] = shelf.kept.keys()
  const sent: Sent[] = []
  const gateway = playGateway({
    'chat.send': (params: Sent) => (sent.push(params), { run: 'r', session, line: 'l1', repeated: false }),
  })
  using outbox = openOutbox(gateway, shelf)
  await until(() => outbox.pending.value[0]?.state === 'durable')
  expect(sent.map((one) => one.idempotencyKey)).toEqual([key])
  expect(shelf.kept.size).toBe(0)
})

it('keeps the order in which messages of a session were written; one that fails holds back those behind it', async () => {
  const sent: string[] = []
  let refuse = true
  const gateway = playGateway({
    'chat.send': ({ message }: Sent) => {
      if (message === 'two' && refuse) throw failure('invalid_params')
      sent.push(message)
      return { run: 'r', session, line: `l-${message}`, repeated: false }
    },
  })
  using outbox = openOutbox(gateway, memoryShelf())
  for (const message of ['one', 'two', 'three']) outbox.send({ ...hi, message })
  await until(() => outbox.pending.value[1]?.state === 'failed')
  expect(sent).toEqual(['one'])
  expect(outbox.pending.value[2]?.state).toBe('waiting')
  refuse = false
  outbox.retry(outbox.pending.value[1]?.idempotencyKey ?? '')
  await until(() => sent.length === 3)
  expect(sent).toEqual(['one', 'two', 'three'])
})

it('lets the next one go when a failed one is discarded', async () => {
  const sent: string[] = []
  const gateway = playGateway({
    'chat.send': ({ message }: Sent) => {
      if (message === 'one') throw failure('invalid_params')
      sent.push(message)
      return { run: 'r', session, line: 'l', repeated: false }
    },
  })
  using outbox = openOutbox(gateway, memoryShelf())
  outbox.send({ ...hi, message: 'one' })
  outbox.send({ ...hi, message: 'two' })
  await until(() => outbox.pending.value[0]?.state === 'failed')
  outbox.discard(outbox.pending.value[0]?.idempotencyKey ?? '')
  await until(() => sent.length === 1)
})

it('does not send what the gateway would end the connection for', async () => {
  const sent: string[] = []
  const gateway = playGateway({ 'chat.send': ({ message }: Sent) => sent.push(message) })
  using outbox = openOutbox(gateway, memoryShelf())
  outbox.send({
    ...hi,
    message: 'x',
    attachments: [{ name: 'a', mime: 'b', sizeBytes: 900_000, data: 'A'.repeat(1_200_000) }],
  })
  await until(() => outbox.pending.value[0]?.state === 'failed')
  expect(outbox.pending.value[0]?.failure?.message).toContain('several messages')
  expect(sent).toEqual([])
})

it('shows a message once, also when its line is faster than the answer', () => {
  const pending = (more: Partial<Pending>): Pending => ({
    ...hi,
    idempotencyKey: 'k',
    atMs: 0,
    state: 'sending',
    ...more,
  })
  const journal = lines(['user', { text: 'hi' }], ['user', { text: 'hi' }])
  expect(unseen([pending({})], session, [])).toHaveLength(1)
  expect(unseen([pending({})], session, journal.slice(0, 1))).toHaveLength(0)
  expect(unseen([pending({}), pending({ idempotencyKey: 'k2' })], session, journal.slice(0, 1))).toHaveLength(1)
  expect(unseen([pending({ afterSeq: 1 })], session, journal.slice(0, 1))).toHaveLength(1)
  expect(unseen([pending({ state: 'durable', line: 'l2' })], session, journal)).toHaveLength(0)
  expect(unseen([pending({ state: 'waiting' })], session, journal)).toHaveLength(1)
  expect(unseen([pending({ session: 'another' })], session, [])).toHaveLength(0)
})

it('a conversation takes what became durable while it was away, and drops what streamed before', async () => {
  const journal = lines(
    ['user', { text: 'a' }],
    ['run', { run: 'r', takes: ['l1'] }],
    ['assistant', { run: 'r', model: 'm', stop: 'end', content: [{ type: 'text', text: 'answer' }] }],
  )
  let durable = 2
  let running = ['r']
  const gateway = playGateway({
    'chat.history': ({ after = 0 }: { after?: number }) => ({
      lines: journal.slice(0, durable).filter((line) => line.seq > after),
      more: false,
      running,
    }),
  })
  using conversation = openConversation(gateway, session)
  await until(() => conversation.phase.value.at === 'ready')
  gateway.emit('agent.text', { run: 'r', delta: 'answ' })
  expect(conversation.items.value).toMatchObject([
    { kind: 'said' },
    { kind: 'answer', parts: [{ text: 'answ', streaming: true }] },
  ])
  gateway.go('waiting')
  durable = 3
  running = []
  gateway.go('open')
  await until(() => conversation.lines.value.length === 3)
  await until(() => conversation.running.value.size === 0)
  expect(conversation.items.value).toMatchObject([
    { kind: 'said' },
    { kind: 'answer', live: false, parts: [{ text: 'answer', streaming: false }] },
  ])
})

it('a conversation that is opened during a run shows what was streamed before, each piece once', async () => {
  const gateway = playGateway({
    'chat.history': () => ({ lines: lines(['user', { text: 'a' }]), more: false, running: ['r'] }),
  })
  const text = (seq: number, run: string, delta: string) => ({
    event: 'agent.text',
    epoch: 'e',
    seq,
    session,
    payload: { run, delta },
  })
  gateway.past.push(text(1, 'old', 'gone'), text(2, 'r', 'one '), text(3, 'r', 'two '))
  using conversation = openConversation(gateway, session)
  for (const delta of ['?', '? ', 'two ', 'three'])
    gateway.emit('agent.text', { run: delta.startsWith('?') ? 'old' : 'r', delta })
  await until(() => conversation.phase.value.at === 'ready')
  await until(() => conversation.items.value.length > 1)
  expect(conversation.items.value.at(-1)).toMatchObject({ parts: [{ text: 'one two three' }] })
})

it('a line that is missing in between is read', async () => {
  const journal = lines(['user', { text: 'a' }], ['user', { text: 'b' }], ['user', { text: 'c' }])
  let durable = 1
  const gateway = playGateway({
    'chat.history': ({ after = 0 }: { after?: number }) => ({
      lines: journal.slice(0, durable).filter((line) => line.seq > after),
      more: false,
      running: [],
    }),
  })
  using conversation = openConversation(gateway, session)
  await until(() => conversation.phase.value.at === 'ready')
  durable = 3
  gateway.emit('session.line', { line: journal[2]! })
  await until(() => conversation.lines.value.length === 3)
})

it('a session without a journal is empty and ready', async () => {
  const gateway = playGateway({ 'chat.history': () => Promise.reject(failure('not_found')) })
  using conversation = openConversation(gateway, session)
  await until(() => conversation.phase.value.at === 'ready')
  expect(conversation.items.value).toEqual([])
})

it('a new session is a thread of one’s own, so that who is not the owner may use it', () => {
  expect(threadKey(session, 'x1')).toBe(`${session}:thread:x1`)
  expect(threadKey(`${session}:thread:x1`, 'x2')).toBe(`${session}:thread:x2`)
})

it('drafts outlive the page, and a store that is broken or full', () => {
  const kept = new Map<string, string>()
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: () => undefined,
  }
  openDrafts(store).keep('a', 'half a thought')
  expect(openDrafts(store).read('a')).toBe('half a thought')
  const many = openDrafts(store)
  for (let index = 0; index < 60; index += 1) many.keep(`s${index}`, 'x')
  expect(openDrafts(store).read('a')).toBe('')
  expect(openDrafts(store).read('s59')).toBe('x')
  kept.set('openclaw.drafts', '{"not":"a list"}')
  expect(openDrafts(store).read('s59')).toBe('')
})

it('refuses too many and too large files before anything is sent, in words', () => {
  const files = (count: number, sizeBytes: number) => Array.from({ length: count }, () => ({ sizeBytes }))
  expect(refuseFiles(files(20, 1000), 16_000_000, sayBytes)).toBeUndefined()
  expect(refuseFiles(files(21, 1), 16_000_000, sayBytes)).toContain('at most 20')
  expect(refuseFiles(files(2, 9_000_000), 16_000_000, sayBytes)).toMatch(/18\s?MB.*12\s?MB/)
})

it('shows what cannot be seen in a text that a decision hangs on', () => {
  expect(showHidden('rm -rf \u202E/emoh\u202C # \u200Bok')).toBe('rm -rf ⟨U+202E⟩/emoh⟨U+202C⟩ # ⟨U+200B⟩ok')
  expect(showHidden('ls\n\tпривет 👍')).toBe('ls\n\tпривет 👍')
  expect(showHidden('a\rb\u001b[2K')).toBe('a⟨U+000D⟩b⟨U+001B⟩[2K')
})
