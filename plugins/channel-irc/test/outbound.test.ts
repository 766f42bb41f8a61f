import { toFailure } from '@openclaw/sdk'
import { ircEmulator, ircServer, type IrcServer } from '@openclaw/testing/irc'
import { describe, expect, it } from 'vitest'
import { usualTiming } from '../src/timing.ts'
import { connect, inGroup } from './connect.ts'

const ada = 'account:ada'
const never = new AbortController().signal

describe('sending', () => {
  it('arrives whole in lines of 512 bytes, with everything that the server adds, in any script', async () => {
    for (const start of [ircServer, ircEmulator]) {
      const server = await start()
      const irc = await connect(server)
      await inGroup(server)
      const texts = ['漢字かな交じり文'.repeat(80), '👩‍👩‍👧‍👦'.repeat(60), 'x'.repeat(1500), 'words and words '.repeat(90)]
      for (const [index, text] of texts.entries()) {
        const { messages } = await irc.send(server.group, text)
        const seen = await server.waitSeen(index + 1)
        expect(seen.message).toBe(messages[0])
        expect(seen.text.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
        const longest = Math.max(
          ...seen.raw.split('\r\n').map((line) => Buffer.byteLength(`${line.replace(/^@\S+ /, '')}\r\n`)),
        )
        expect(longest).toBeLessThanOrEqual(512)
        // A line that is cut too early would be too careful with our own mask.
        expect(longest).toBeGreaterThan(440)
      }
    }
  })

  it('never ends a line in the middle of a text, whatever stands in it', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    await inGroup(server)
    await irc.next(1)
    const before = server.written.length
    await irc.send(
      server.group,
      'one\r\nQUIT :gone\rJOIN #elsewhere\nPART #openclaw\u0000\u0001VERSION\u0001\n\n:colon',
    )
    await server.waitSeen(1)
    expect(server.sees()[0]!.text).toBe('one\nQUIT :gone\nJOIN #elsewhere\nPART #openclawVERSION\n:colon')
    expect(new Set(server.written.slice(before).map(({ command }) => command))).toEqual(new Set(['PRIVMSG', 'PING']))
  })

  it('takes no other target than one channel', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    for (const id of ['#openclaw,ada', '#openclaw :x', 'ada', '#a\r\nQUIT', ''])
      await expect(irc.send({ kind: 'group', id }, 'hi')).rejects.toMatchObject({ code: 'invalid_params' })
    await expect(irc.send(server.group, ' \n\u0001\n')).rejects.toMatchObject({ code: 'invalid_params' })
  })

  it('says in words why the server refuses a line', async () => {
    const server = await ircEmulator()
    const irc = await connect(server)
    await inGroup(server)
    server.client(ada).send(`MODE ${server.group.id} +m`)
    await server.client(ada).settle()
    await expect(irc.send(server.group, 'hi')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('voice (+v)') as string,
    })
    await expect(irc.send({ kind: 'group', id: '#nowhere' }, 'hi')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('R8: is not done, and not certainly undone, when the answer is lost', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    server.fault({ kind: 'loseAnswer' })
    const failed = await irc.send(server.direct(ada), 'was it heard?').then(undefined, toFailure)
    expect(failed).toMatchObject({ code: 'unavailable' })
    expect(failed).not.toHaveProperty('retryAfterMs')
    await server.waitSeen(1)
    // Now nothing can have been written, so it may be tried again.
    const unsent = await irc.send(server.group, 'and this?').then(undefined, toFailure)
    expect(unsent).toMatchObject({ code: 'unavailable', retryAfterMs: 1000 })
    expect(server.sees()).toHaveLength(1)
  })

  it('R8: does not ask for a repetition when some of the lines arrived', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    await inGroup(server)
    server.fault({ kind: 'limit', retryAfterMs: 3000 })
    const failed = await irc.send(server.group, 'one\ntwo').then(undefined, toFailure)
    expect(failed).toMatchObject({ code: 'unavailable' })
    expect(failed).not.toHaveProperty('retryAfterMs')
  })
})

const written = (server: Pick<IrcServer, 'written'>) =>
  server.written.filter(({ command }) => command === 'PRIVMSG').length

describe('the flood limit', () => {
  it('is kept: after a burst one line every two seconds, and the server does not throw us out', async () => {
    const server = await ircEmulator({
      flood: { burst: 8, everyMs: 100_000 },
      config: { flood: { burst: 4, everyMs: 2000 } },
    })
    const irc = await connect(server)
    await inGroup(server)
    const sending = irc.send(server.group, 'one\ntwo\nthree\nfour\nfive\nsix')
    await server.waitWritten(() => written(server) === 4)
    await irc.clock.advance(1999)
    expect(written(server)).toBe(4)
    await irc.clock.advance(1)
    await server.waitWritten(() => written(server) === 5)
    await irc.clock.advance(2000)
    await sending
    expect((await server.waitSeen(1)).text).toBe('one\ntwo\nthree\nfour\nfive\nsix')
    expect(irc.reports.filter(({ state }) => state === 'offline')).toEqual([])
  })

  it('asks those to come again whose lines would have to wait for too long', async () => {
    const server = await ircServer({ config: { flood: { burst: 1, everyMs: 2000 } } })
    const irc = await connect(server)
    await inGroup(server)
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`).join('\n')
    const first = irc.send(server.group, lines)
    await expect(irc.send(server.direct(ada), lines)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 24_000,
    })
    // Each step hears from the server, which answers in real time and would look silent otherwise.
    while (written(server) < 12) {
      await irc.clock.advance(2000)
      await server.acknowledged()
    }
    await first
    expect((await server.waitSeen(1)).text).toBe(lines)
  })

  it('explains itself when a server is stricter', async () => {
    const server = await ircEmulator({
      flood: { burst: 6, everyMs: 100_000 },
      config: { flood: { burst: 100, everyMs: 0 } },
    })
    const irc = await connect(server)
    await inGroup(server)
    await irc.send(server.group, 'line\n'.repeat(20)).catch(() => {})
    const { state, detail } = await irc.reported('Excess Flood')
    expect(state).toBe('offline')
    expect(detail).toContain('flood.everyMs')
  })
})

it('shows that we type where the network passes that on, and not where it does not', async () => {
  const server = await ircEmulator()
  const irc = await connect(server)
  await irc.link.typing!(server.group, never)
  await server.waitWritten(({ command }) => command === 'TAGMSG')
  expect(server.typed).toBe(1)
  const plain = await connect(await ircServer())
  expect(plain.link.typing).toBeUndefined()
})

it('L1: a server that has gone silent is noticed within two minutes', async () => {
  const server = await ircServer()
  const irc = await connect(server)
  await irc.clock.advance(usualTiming.silentMs + usualTiming.silentMs / 4)
  await server.waitWritten(
    ({ command, params }) => command === 'PING' && !params[0]!.includes('/') && server.written.length > 0,
  )
  server.fault({ kind: 'blackhole', on: true })
  await irc.clock.advance(115_000)
  expect(await irc.reported('silent for')).toMatchObject({ state: 'offline' })
  server.fault({ kind: 'blackhole', on: false })
})

it('says goodbye', async () => {
  const server = await ircServer()
  const irc = await connect(server)
  await inGroup(server)
  const quit = server.client(ada).next(({ command }) => command === 'QUIT')
  await irc.close()
  expect((await quit).source).toMatch(/^openclaw!/)
  expect(server.links().now).toBe(0)
  expect(irc.reports.filter(({ state }) => state === 'offline')).toEqual([])
})
