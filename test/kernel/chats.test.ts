import { defineTool } from '@openclaw/sdk'
import { callTool, hang, say, testKernel, toolPlugin, wait, type TestKernel } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { chat, open } from './chat.ts'
import { gate } from './gate.ts'

const group = { kind: 'group', id: 'g1' } as const
const session = 'agent:main:chat:default:ada'

/** Lets time pass until something has come true. */
async function letPass<T>({ platform }: TestKernel, awaited: Promise<T>): Promise<T> {
  let over = false
  const noted = awaited.finally(() => (over = true))
  while (!over) await platform.clock.advance(500)
  return noted
}

const lastTexts = (request: { turns: readonly { content: readonly object[] }[] }) => JSON.stringify(request.turns)

describe('a message that is changed', () => {
  it('R3: before a run took it: the new text is answered, once', async () => {
    const held = gate()
    const room = chat()
    await using house = await testKernel({
      plugins: [room.plugin, held.plugin],
      config: open,
      script: [callTool('gate', {}), say('one'), say('two')],
    })
    await room.say('hold on')
    await held.entered
    await room.say('meet at five', { event: 'e5', message: 'm5' })
    await room.say('meet at six', { event: 'e5.1', message: 'm5', kind: 'edit' })
    held.open()
    await room.until(() => room.messages.length === 2)
    const asked = lastTexts(house.model.requests.at(-1)!)
    expect(asked).toContain('meet at six')
    expect(asked).not.toContain('meet at five')
    expect(house.model.requests.length).toBe(3)
  })

  it('while a run works on it: the run hears of it before it asks the model again', async () => {
    const held = gate()
    const room = chat()
    await using house = await testKernel({
      plugins: [room.plugin, held.plugin],
      config: open,
      script: [callTool('gate', {}), say('six it is')],
    })
    await room.say('meet at five', { message: 'm5' })
    await held.entered
    await room.say('meet at six', { message: 'm5', kind: 'edit' })
    // The agent has been told once its own journal names the change.
    held.open()
    await room.until(() => room.messages.length === 1)
    expect(lastTexts(house.model.requests[1]!)).toContain('meet at six')
    expect(room.messages[0]!.text).toBe('six it is')
  })

  it('after it was answered: the change stands in the journal, and nobody answers', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open, script: [say('noted'), say('yes')] })
    await room.say('meet at five', { message: 'm5' })
    await room.until(() => room.messages.length === 1)
    await room.say('meet at six', { message: 'm5', kind: 'edit' })
    expect(house.model.requests.length).toBe(1)
    await room.say('so?')
    await room.until(() => room.messages.length === 2)
    expect(lastTexts(house.model.requests[1]!)).toContain('meet at six')
  })

  it('that is deleted before it was read is not answered, and nothing stays owed', async () => {
    const held = gate()
    const room = chat()
    await using house = await testKernel({
      plugins: [room.plugin, held.plugin],
      config: open,
      script: [callTool('gate', {}), say('one')],
    })
    await room.say('hold on')
    await held.entered
    await room.say('forget this', { message: 'm5' })
    await room.say('', { message: 'm5', kind: 'delete' })
    expect((await house.call('status', {})).owed.accepts).toBe(1)
    held.open()
    await room.until(() => room.messages.length === 1)
    await house.hear('agent.end', ({ outcome }) => outcome === 'answered')
    expect(house.model.requests.length).toBe(2)
    expect(room.messages.map(({ text }) => text)).toEqual(['one'])
    expect((await house.call('status', {})).owed.accepts).toBe(0)
  })

  it('in a group so that it mentions us is a new question, and is not given twice', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open, script: [say('here')] })
    await room.say('is anybody there', { peer: group, message: 'm1' })
    await room.say('bot, is anybody there', { peer: group, message: 'm1', kind: 'edit', mentioned: true })
    await room.until(() => room.messages.length === 1)
    expect(lastTexts(house.model.requests[0]!).match(/anybody there/g)).toHaveLength(1)
  })
})

describe('order', () => {
  it('of one peer is kept, though many are made durable together', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open, script: () => say('ok') })
    await room.say('first')
    await Promise.all(Array.from({ length: 50 }, (_, n) => room.say(`number ${n}`)))
    await room.until(() => room.messages.length >= 2)
    const { lines } = await house.call('chat.history', { session })
    const said = lines.filter(({ kind }) => kind === 'user').map((line) => (line.body as { text: string }).text)
    expect(said).toEqual(['first', ...Array.from({ length: 50 }, (_, n) => `number ${n}`)])
  })
})

describe('an album', () => {
  it('is one question: its parts are accepted one by one and wait for each other', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open, script: [say('three pictures')] })
    for (const [part, text] of ['look', '', ''].entries()) {
      room.files.set(`file:${part}`, `bytes ${part}`)
      await room.say(text, {
        group: 'album',
        attachments: [{ ref: `file:${part}`, mime: 'image/png', name: `${part}.png` }],
      })
      await house.platform.clock.advance(400)
    }
    expect(house.model.requests.length).toBe(0)
    await house.platform.clock.advance(200)
    await room.until(() => room.messages.length === 1)
    expect(house.model.requests.length).toBe(1)
    const asked = lastTexts(house.model.requests[0]!)
    for (const part of [0, 1, 2]) expect(asked).toContain(`${part}.png`)
  })
})

describe('files', () => {
  it('are fetched as the first step of the run, stored, and shown to the model as what they are', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open, script: [say('a report')] })
    room.files.set('file:1', 'the report')
    await room.say('what is this', {
      attachments: [
        { ref: 'file:1', mime: 'application/pdf', name: 'report.pdf' },
        { ref: 'file:gone', mime: 'image/png', name: 'gone.png' },
        { ref: 'file:huge', mime: 'video/mp4', name: 'huge.mp4', sizeBytes: 10 ** 10 },
      ],
    })
    await room.until(() => room.messages.length === 1)
    const asked = lastTexts(house.model.requests[0]!)
    expect(asked).toMatch(/report\.pdf \(application\/pdf, 10 bytes\), media:[0-9a-f]{64}/)
    expect(asked).toContain('gone.png (image/png) could not be fetched: the platform deleted it')
    expect(asked).toContain('huge.mp4 (video/mp4) could not be fetched: it is larger than 50 MB')
    const { lines } = await house.call('chat.history', { session })
    expect(lines.map(({ kind }) => kind).slice(1, 4)).toEqual(['user', 'media', 'run'])
    expect(JSON.stringify(lines)).not.toContain('the report')
  })

  it('that a tool has for the person go out with the answer, and are named where the chat carries none', async () => {
    const drawing = defineTool({
      name: 'draw',
      description: 'draws',
      input: Type.Object({}),
      effect: 'read',
      async run(_input, call) {
        const file = await call.attach(Buffer.from('a drawing'), 'image/png', 'drawing.png')
        const { ref } = file as { ref: string }
        return { content: [{ type: 'text', text: 'drawn' }], files: [{ ref, mime: 'image/png', name: 'drawing.png' }] }
      },
    })
    for (const media of [true, false]) {
      const room = chat({ media })
      await using _house = await testKernel({
        plugins: [room.plugin, toolPlugin('pen', [drawing])],
        config: open,
        script: [callTool('draw', {}), say('here it is')],
      })
      await room.say('draw')
      await room.until(() => room.messages.length === 1)
      expect(room.received).toEqual(media ? ['a drawing'] : [])
      expect(room.messages[0]!.text).toBe(
        media ? 'here it is' : 'here it is\n\n(A file could not be sent here: drawing.png)',
      )
    }
  })
})

describe('a reply', () => {
  it('tells the model what it replies to, as a quote', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open, script: [say('yes')] })
    await room.say('is this right?', { replyTo: 'm0', quote: { text: 'two and two\nis five', sender: 'bob' } })
    await room.until(() => room.messages.length === 1)
    expect(house.model.requests[0]!.turns.at(-1)!.content[0]).toMatchObject({
      text: expect.stringMatching(/by bob, quoted here.*\n> two and two\n> is five\nis this right\?$/),
    })
  })
})

describe('the live preview', () => {
  const long = 'This is the first part of an answer that takes its time.'

  it('grows by edits within the pace of the platform, and becomes the answer', async () => {
    const room = chat({ editEveryMs: 1000 })
    await using house = await testKernel({
      plugins: [room.plugin],
      config: open,
      script: [[say(long), wait(400), say(' And this is its end.')]],
    })
    await room.say('tell me')
    await house.hear('agent.text')
    await house.platform.clock.advance(1500)
    await room.until(() => room.messages.length === 1)
    expect(long).toContain(room.messages[0]!.text.trim())
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(room.messages.map(({ text }) => text)).toEqual([`${long} And this is its end.`])
  })

  it('is not begun for a short answer, nor where it is switched off', async () => {
    for (const preview of [true, false]) {
      const room = chat()
      await using house = await testKernel({
        plugins: [room.plugin],
        config: { channels: { chat: { ...open.channels.chat, preview } } },
        script: [preview ? say(long) : [say(long), wait(100), say(' End.')]],
      })
      await room.say('tell me')
      if (!preview) {
        await house.hear('agent.text')
        await house.platform.clock.advance(5000)
      }
      await room.until(() => room.messages.length === 1)
      await house.hear('delivery.changed', ({ state }) => state === 'sent')
      expect(room.messages[0]!.edits).toBe(0)
    }
  })

  it('is found again by a run that goes on after a crash, and becomes its answer', async () => {
    const room = chat({ editEveryMs: 1000 })
    let asked = 0
    await using first = await testKernel({
      plugins: [room.plugin],
      config: open,
      script: () => (++asked === 1 ? [say(long), hang()] : say('the whole answer')),
    })
    await room.say('tell me')
    await first.hear('agent.text')
    await first.platform.clock.advance(1500)
    await room.until(() => room.messages.length === 1)
    // The run heeds nothing, so the stop leaves it to the next start.
    await using second = await letPass(first, first.restart())
    await second.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(room.messages.map(({ text }) => text)).toEqual(['the whole answer'])
  })

  it('that is gone is replaced by a message of its own', async () => {
    const room = chat()
    await using house = await testKernel({
      plugins: [room.plugin],
      config: open,
      script: [[say(long), wait(400), say(' End.')]],
    })
    await room.say('tell me')
    await house.hear('agent.text')
    await house.platform.clock.advance(1500)
    await room.until(() => room.messages.length === 1)
    room.messages.length = 0
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(room.messages.map(({ text }) => text)).toEqual([`${long} End.`])
  })
})

describe('a chat where nothing can be repeated', () => {
  it('R8: never gets a chunk twice, whether the cut one had arrived or not', async () => {
    for (const arrives of [true, false]) {
      const room = chat({ delivery: 'at-most-once', edits: false })
      await using house = await testKernel({
        plugins: [room.plugin],
        config: open,
        script: [say('first'), say('second')],
      })
      room.cut(arrives)
      await room.say('one')
      await house.hear('agent.end')
      const sent = house.hear('delivery.changed', ({ state }) => state === 'sent')
      await letPass(house, sent)
      await room.say('two')
      await room.until(() => room.messages.some(({ text }) => text === 'second'))
      expect(room.messages.map(({ text }) => text)).toEqual(arrives ? ['first', 'second'] : ['second'])
    }
  })
})

describe('other programs', () => {
  const bot = { id: 'robot', bot: true }
  it('are ignored by default, without a trace of what they said', async () => {
    const room = chat()
    await using house = await testKernel({ plugins: [room.plugin], config: open })
    await room.say('beep', { sender: bot, peer: group, mentioned: true })
    await room.say('hello')
    await room.until(() => room.messages.length === 1)
    expect(house.model.requests.length).toBe(1)
    expect(lastTexts(house.model.requests[0]!)).not.toContain('beep')
  })

  it('that may be answered get three answers in a row, until a person speaks', async () => {
    const room = chat()
    await using house = await testKernel({
      plugins: [room.plugin],
      config: { channels: { chat: { ...open.channels.chat, bots: 'answer' } } },
      script: () => say('beep to you'),
    })
    const beep = () => room.say('beep', { sender: bot, peer: group, mentioned: true })
    for (let turn = 0; turn < 6; turn++) await beep()
    await room.until(() => room.messages.length >= 1)
    const told = async () => (await house.call('chat.history', { session: 'agent:main:chat:default:group:g1' })).lines
    const heard = async () => (await told()).filter(({ kind }) => kind === 'user').length
    expect(await heard()).toBe(3)
    await room.say('enough', { peer: group, mentioned: true })
    await beep()
    expect(await heard()).toBe(5)
  })
})

describe('who has no lasting id', () => {
  it('S7: can never be paired, and is a guest in groups at most', async () => {
    const room = chat()
    await using house = await testKernel({
      plugins: [room.plugin],
      config: { channels: { chat: { dm: { policy: 'pairing', allow: ['ada'] }, accounts: { default: {} } } } },
    })
    await room.say('let me in', { sender: { id: 'ada', transient: true } })
    expect((await house.call('pairing.list', {})).requests).toEqual([])
    expect(room.messages).toEqual([])
  })
})
