import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerRecord } from '@openclaw/protocol'
import { defineTool, type ModelRequest } from '@openclaw/sdk'
import {
  callTool,
  fail,
  hang,
  hold,
  say,
  testKernel,
  toolPlugin,
  type Script,
  type TestKernel,
  type TestKernelOptions,
} from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { chat, open, type Chat } from './chat.ts'

const session = 'agent:main:chat:default:ada'
const config = { channels: { chat: { ...open.channels.chat, blocks: true } } }

/** A paragraph that is long enough to be streamed and sent by itself, whatever the clock says. */
const paragraph = (name: string) => `Paragraph ${name}: ${'this goes on and on, '.repeat(55)}until it ends.`
const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(paragraph) as [string, string, string, string]

const look = defineTool({
  name: 'look',
  description: 'looks',
  input: Type.Object({ at: Type.String() }),
  effect: 'read',
  run: async () => ({ content: [{ type: 'text', text: 'seen' }] }),
})

/** Lets time pass until something has come true. */
async function letPass<T>({ platform }: TestKernel, awaited: Promise<T>): Promise<T> {
  let over = false
  const noted = awaited.finally(() => (over = true))
  while (!over) await platform.clock.advance(500)
  return noted
}

const texts = (room: Chat) => room.messages.map(({ text }) => text)

/** What the request has the agent say since the person spoke last. */
function saidIn({ turns }: ModelRequest): string {
  const asked = turns.findLastIndex((turn) => turn.role === 'user' && JSON.stringify(turn).includes('tell me'))
  return JSON.stringify(turns.slice(asked).filter(({ role }) => role === 'assistant'))
}

/** A model that says what was not said yet, and looks once in the middle. */
const teller: Script = (request, call) => {
  const said = saidIn(request)
  const left = (paragraphs: string[]) => paragraphs.filter((text) => !said.includes(text)).join('\n\n')
  if (request.turns.some(({ role }) => role === 'tool')) return say(left([three, four]))
  return [...(left([one, two]) ? [say(left([one, two]))] : []), callTool('look', { at: 'it' }, `look_${call}`)]
}

function start(room: Chat, script: Script, more: Pick<TestKernelOptions, 'home' | 'config' | 'platform'> = {}) {
  return testKernel({ plugins: [room.plugin, toolPlugin('look', [look])], config, script, ...more })
}

describe('an answer in blocks', () => {
  it('A40: goes out by finished paragraphs while the rest is written, the first one as the reply', async () => {
    const room = chat()
    const looked = Promise.withResolvers<void>()
    await using house = await start(room, [[say([one, two, three].join('\n\n')), hold(looked.promise)]])
    await room.say('tell me', { message: 'm1', peer: { kind: 'group', id: 'g1' }, mentioned: true })
    await room.until(() => texts(room).join('\n\n') === `${one}\n\n${two}`)
    const ended = house.heard.some(({ event }) => event === 'agent.end')
    looked.resolve()
    await room.until(() => texts(room).includes(three))
    expect(ended).toBe(false)
    const marks = room.messages.map(({ message }) => message.replyTo)
    expect(marks).toEqual(['m1', ...marks.slice(1).map(() => undefined)])
  })

  it('never splits a fence, and says the rest with the end', async () => {
    const fence = `\`\`\`ts\n${'const a = 1\n\n'.repeat(200)}\`\`\``
    const room = chat()
    await using house = await start(room, [
      [say([one, fence, two].join('\n\n')), hold(room.until(() => room.messages.length > 0))],
    ])
    await room.say('tell me')
    await house.hear('agent.end')
    await room.until(() => texts(room).join().includes('two'))
    expect(texts(room).join('\n\n')).toBe([one, fence, two].join('\n\n'))
    expect(texts(room).length).toBeGreaterThan(1)
    for (const text of texts(room)) expect(text.split('```').length % 2).toBe(1)
  })

  it('is off by default: what is said before a call is no answer', async () => {
    const room = chat()
    await using house = await start(room, teller, { config: open })
    await room.say('tell me')
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(texts(room)).toEqual([`${three}\n\n${four}`])
  })

  it('goes on behind what was said when the model fails in the middle of it and another one takes over', async () => {
    const room = chat()
    let failed = false
    const script: Script = (request, call) => {
      if (failed) return teller(request, call)
      failed = true
      return [say(`${one}\n\nAnd then`), fail('forbidden')]
    }
    const agents = { main: { model: 'scripted/model', fallbacks: ['scripted/other'] } }
    await using house = await start(room, script, { config: { ...config, agents } })
    await room.say('tell me')
    await room.until(() => texts(room).join().includes('four'))
    expect(texts(room).join('\n\n')).toBe([one, 'And then', two, three, four].join('\n\n'))
    expect((await house.call('sessions.verify', {})).whole).toBe(true)
  })

  it.each([
    ['is stopped', hang()],
    ['fails', fail('forbidden', { message: 'no' })],
  ])('that %s leaves in the journal what the person was told', async (how, act) => {
    const room = chat()
    await using house = await start(room, (_, call) => (call === 0 ? [say(`${one}\n\n${two}`), act] : say('well')))
    await room.say('tell me')
    await room.until(() => room.messages.length > 0)
    if (how === 'is stopped') await room.say('/stop')
    await letPass(house, house.hear('agent.end'))
    await room.say('go on')
    const { turns } = await house.model.asked(2)
    expect(JSON.stringify(turns).split(one).length).toBe(2)
  })
})

describe('a death between the blocks of an answer', () => {
  /** The commits of a home's ledger, in order. */
  async function commitsOf(home: string): Promise<string[]> {
    const folder = join(home, 'ledger')
    const files = (await readdir(folder)).sort()
    const whole = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
    expect(whole.length).toBe(1)
    return whole[0]!.split('\n').filter(Boolean)
  }
  const groupOf = (commit: string) => (JSON.parse(commit) as { group: LedgerRecord[] }).group

  /** A home of which only the first commits were durable when its gateway was killed. */
  async function cutHome(path: string, from: string, commits: readonly string[]) {
    const [segment] = await readdir(join(from, 'ledger'))
    await mkdir(join(path, 'ledger'), { recursive: true })
    await writeFile(join(path, 'openclaw.json'), JSON.stringify(config))
    await writeFile(join(path, 'gateway.json'), '{}')
    await writeFile(join(path, 'ledger', segment!), commits.map((commit) => `${commit}\n`).join(''))
  }

  it(
    'R1 R8: loses none and repeats none, after whichever commit it comes, sent or not',
    { timeout: 240_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'openclaw-blocks-'))
      const whole = chat({ delivery: 'effectively-once' })
      const arrived = (text: string) => whole.until(() => texts(whole).includes(text))
      // The first paragraph of each message is out before the second one is whole.
      await using house = await start(whole, (request, call) => {
        const [words, ...rest] = [teller(request, call)].flat()
        return [words!, hold(arrived(JSON.stringify(words).includes('one') ? one : three)), ...rest]
      })
      await whole.say('tell me')
      await arrived(four)
      await sent(house, 4)
      expect(texts(whole)).toEqual([one, two, three, four])
      const commits = await commitsOf(house.home)
      const arrivals = commits.map((commit) => groupOf(commit).filter(({ type }) => type === 'sent').length)
      const accepted = commits.findIndex((commit) => groupOf(commit).some(({ type }) => type === 'accept'))
      let deaths = 0
      for (let upto = accepted + 1; upto <= commits.length; upto++) {
        const receipts = arrivals.slice(0, upto).reduce((sum, count) => sum + count, 0)
        const owed = commits
          .slice(0, upto)
          .flatMap(groupOf)
          .filter(({ type }) => type === 'outbound').length
        for (const sent of new Set([receipts, owed])) {
          const room = chat({ delivery: 'effectively-once' })
          room.messages.push(...whole.messages.slice(0, sent))
          const home = join(folder, `${upto}-${sent}`)
          await cutHome(home, house.home, commits.slice(0, upto))
          await using again = await start(room, teller, {
            home,
            platform(platform) {
              // A part that comes late comes all the same: the others would make no sense without it.
              if (upto % 2 === 0) void platform.clock.advance(3_600_000)
              return platform
            },
          })
          await room.until(() => texts(room).join().includes('four'))
          expect(texts(room).join('\n\n'), `after commit ${upto}, ${sent} arrived`).toBe(
            [one, two, three, four].join('\n\n'),
          )
          expect((await again.call('status', {})).owed).toMatchObject({ accepts: 0, dead: 0 })
          const { lines } = await again.call('chat.history', { session, limit: 100 })
          const said = lines.filter(({ kind }) => kind === 'assistant').map(({ body }) => JSON.stringify(body))
          for (const text of [one, two, three, four]) expect(said.join().split(text).length).toBe(2)
          deaths++
        }
      }
      expect(deaths).toBeGreaterThan(10)
      await rm(folder, { recursive: true, force: true })
    },
  )

  /** Resolves once so many deliveries are over. */
  const sent = async (house: TestKernel, count: number) => {
    const over = () =>
      house.heard.filter(
        ({ event, payload }) => event === 'delivery.changed' && 'state' in payload && payload.state === 'sent',
      )
    while (over().length < count) await new Promise((resolve) => setImmediate(resolve))
  }
})
