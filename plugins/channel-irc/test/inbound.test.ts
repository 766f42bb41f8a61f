import { ircEmulator, ircServer } from '@openclaw/testing/irc'
import { describe, expect, it } from 'vitest'
import { connect, inGroup } from './connect.ts'

const [ada, ben] = ['account:ada', 'account:ben']
const ctcp = (text: string) => `\u0001${text}\u0001`

describe('what is handed over', () => {
  it('is the words of an ACTION, and no other CTCP; none is answered', async () => {
    for (const start of [ircServer, ircEmulator]) {
      const server = await start()
      const irc = await connect(server)
      await inGroup(server)
      const client = server.client(ada)
      for (const target of [server.nick, server.group.id])
        for (const request of ['VERSION', 'PING 1234', 'TIME', 'DCC SEND x 1 2 3', 'CLIENTINFO'])
          client.send(`PRIVMSG ${target} :${ctcp(request)}`)
      client.send(`PRIVMSG ${server.nick} :\u0001VERSION`)
      client.send(`PRIVMSG ${server.nick} :${ctcp('ACTION waves at \u0002openclaw\u0002')}`)
      client.send(`PRIVMSG ${server.group.id} :${ctcp('ACTION waves')}`)
      expect((await irc.next(2)).text).toBe('* ada waves at openclaw')
      expect(await irc.next(3)).toMatchObject({ text: '* ada waves', peer: server.group })
      await client.settle()
      expect(client.lines.filter(({ command, params }) => command === 'NOTICE' && params[0] === 'ada')).toEqual([])
    }
  })

  it('is no NOTICE, and a NOTICE is never answered', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    await inGroup(server)
    const stranger = await server.enters('stranger')
    stranger.send(`NOTICE ${server.nick} :hello`)
    stranger.send(`NOTICE ${server.group.id} :hello`)
    await server.says('the end', { in: server.group })
    expect((await irc.next(2)).text).toBe('the end')
    await stranger.settle()
    expect(stranger.lines.filter(({ command }) => command === 'NOTICE' || command === 'PRIVMSG')).toEqual([])
  })

  it('says when it was written, by which program, and under the id that the server gave', async () => {
    const server = await ircEmulator()
    const irc = await connect(server)
    const message = await server.says('beep', { bot: true, in: server.group })
    const event = await irc.next(1)
    expect(event).toMatchObject({ event: message, message, sender: { bot: true }, place: '#openclaw' })
    expect(Math.abs(event.atMs - Date.now())).toBeLessThan(60_000)
  })

  it('R3: has ids that no earlier connection and no earlier process gave', async () => {
    const server = await ircServer()
    const first = await connect(server)
    await server.says('one')
    const { event } = await first.next(1)
    await first.close()
    const second = await connect(server)
    await server.says('two')
    expect((await second.next(1)).event).not.toBe(event)
  })

  it('is without colours', async () => {
    const server = await ircEmulator()
    const irc = await connect(server)
    server.client(ada).send(`PRIVMSG ${server.nick} :\u000304red\u0003 and \u0002bold\u000f`)
    expect((await irc.next(1)).text).toBe('red and bold')
  })
})

describe('mentions and commands', () => {
  it('are known by our nick in its own case mapping, wherever it stands as a word', async () => {
    const server = await ircEmulator({ config: { nick: 'Claw[1]' } })
    const irc = await connect(server)
    const cases: [string, string, boolean][] = [
      ['claw{1}: hello', 'hello', true],
      ['CLAW[1], hello', 'hello', true],
      ['@Claw[1]: hello', 'hello', true],
      ['hello Claw[1]', 'hello Claw[1]', true],
      ['Claw[1]', 'Claw[1]', true],
      ['Claw[1]:', 'Claw[1]:', true],
      ['Claw[12] hello', 'Claw[12] hello', false],
      ['xClaw[1] hello', 'xClaw[1] hello', false],
      ['see https://example.com/Claw[1]', 'see https://example.com/Claw[1]', false],
    ]
    for (const [index, [said, text, mentioned]] of cases.entries()) {
      await server.says(said, { in: server.group })
      const event = await irc.next(index + 1)
      expect([said, event.text, event.mentioned ?? false]).toEqual([said, text, mentioned])
    }
  })

  it('are typed with an exclamation mark too, where they are meant for us', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    const cases: [string, string, boolean][] = [
      ['!status', '/status', false],
      ['!APPROVE x7', '/APPROVE x7', false],
      ['/status', '/status', false],
      ['!unknown', '!unknown', false],
      ['!statusbar', '!statusbar', false],
      ['!status', '!status', true],
      ['openclaw: !status', '/status', true],
    ]
    for (const [index, [said, text, inChannel]] of cases.entries()) {
      await server.says(said, inChannel ? { in: server.group } : {})
      expect((await irc.next(index + 1)).text).toBe(text)
    }
  })
})

describe('what is not for the kernel', () => {
  it('is a message for the operators of a channel, and one for everybody on the network', async () => {
    const server = await ircEmulator()
    const irc = await connect(server)
    await inGroup(server)
    server.give(':ada!~ada@user.example.net PRIVMSG @#openclaw :for operators')
    server.give(':ada!~ada@user.example.net PRIVMSG $$* :for everybody')
    server.give(':irc.example.net PRIVMSG openclaw :from the server')
    await server.says('the end', { in: server.group })
    expect((await irc.next(2)).text).toBe('the end')
  })

  it('is what a bouncer plays again, unless its id shows that it is old', async () => {
    const server = await ircEmulator()
    const irc = await connect(server)
    await inGroup(server)
    const old = ':ada!~ada@user.example.net PRIVMSG #openclaw'
    server.give('BATCH +x1 znc.in/playback #openclaw')
    server.give(`@batch=x1;time=2026-01-01T00:00:00.000Z ${old} :without an id`)
    server.give(`@batch=x1;msgid=abc;account=ada;time=2026-01-01T00:00:00.000Z ${old} :with an id`)
    server.give('BATCH -x1')
    expect(await irc.next(2)).toMatchObject({ text: 'with an id', event: 'abc', atMs: Date.UTC(2026, 0, 1) })
    await server.says('the end', { in: server.group })
    expect((await irc.next(3)).text).toBe('the end')
  })

  it('is nonsense: no line of a server ends the link', async () => {
    const server = await ircEmulator()
    const irc = await connect(server)
    await inGroup(server)
    const lines = [
      'PRIVMSG',
      'NOTICE',
      'AUTHENTICATE +',
      ':',
      '@',
      '@a=b',
      ': :',
      'CAP',
      'JOIN',
      '353',
      '330 x',
      '318',
      'BATCH',
    ]
    for (const line of [...lines, ':x!y@z PRIVMSG', ':ada NICK', ':ada MODE', '352 a b', 'KICK', '433'])
      server.give(line)
    await server.says('the end')
    expect((await irc.next(2)).text).toBe('the end')
    expect(irc.reports.filter(({ state }) => state === 'offline')).toEqual([])
  })
})

it('shows that somebody is typing, where the network passes that on', async () => {
  const server = await ircEmulator()
  const irc = await connect(server)
  await inGroup(server)
  for (const target of [server.nick, server.group.id]) {
    server.give(`@account=ben;+typing=active :ben!~ben@user.example.net TAGMSG ${target}`)
    server.give(`@account=ben;+typing=done :ben!~ben@user.example.net TAGMSG ${target}`)
  }
  await server.says('the end')
  await irc.next(2)
  expect(irc.typing).toEqual([
    { peer: server.direct(ben), on: true, sender: ben },
    { peer: server.direct(ben), on: false, sender: ben },
    { peer: server.group, on: true, sender: ben },
    { peer: server.group, on: false, sender: ben },
  ])
})

it('R2: answers a PING of the server only when everything before it is stored', async () => {
  const server = await ircEmulator()
  const irc = await connect(server)
  const { promise: durable, resolve } = Promise.withResolvers<void>()
  irc.beforeStored = () => durable
  await server.says('keep this')
  let acknowledged = false
  const waiting = server.acknowledged().then(() => (acknowledged = true))
  await irc.link.probe!(new AbortController().signal)
  expect(acknowledged).toBe(false)
  resolve()
  await waiting
  expect(irc.events.map(({ text }) => text)).toEqual(['keep this'])
})

it('R1: tells who wrote when a message could not be stored', async () => {
  const server = await ircServer()
  const irc = await connect(server)
  irc.beforeStored = () => {
    throw new Error('the disk is full')
  }
  const notice = server.client(ada).next(({ command }) => command === 'NOTICE')
  await server.says('keep this')
  expect((await notice).params[1]).toContain('could not be stored')
  expect(irc.logged.join()).toContain('the disk is full')
  expect(irc.logged.join()).not.toContain('keep this')
})
