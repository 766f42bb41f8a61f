import { toFailure } from '@openclaw/sdk'
import { ircEmulator, ircServer, type IrcServer } from '@openclaw/testing/irc'
import { describe, expect, it } from 'vitest'
import { connect, inGroup } from './connect.ts'

const ada = 'account:ada'
const ben = 'account:ben'

/** Networks that tell accounts in different ways: with each message, when somebody comes and changes, or only when asked. */
const networks: [string, () => Promise<IrcServer>][] = [
  ['with account-tag', () => ircEmulator()],
  ['with extended-join and account-notify', () => ircEmulator({ without: ['account-tag'] })],
  ['with WHOIS only', () => ircEmulator({ without: ['account-tag', 'extended-join', 'account-notify'] })],
  ['ngircd with services', () => ircServer()],
]

describe.each(networks)('identity on a network %s', (_name, start) => {
  it('S7: is the account, whatever the nick is', async () => {
    const server = await start()
    const irc = await connect(server)
    server.client(ada).send('NICK Grace')
    await server.client(ada).settle()
    await server.says('hello', { from: ada })
    expect((await irc.next(1)).sender).toEqual({ id: ada, name: 'Grace' })
    await server.says('hello all', { from: ada, in: server.group })
    expect((await irc.next(2)).sender).toEqual({ id: ada, name: 'Grace' })
  })

  it('S7: never is a nick: who takes it over is nobody', async () => {
    const server = await start()
    const irc = await connect(server)
    await inGroup(server)
    server.client(ada).send('NICK grace')
    await server.client(ada).settle()
    const thief = await server.enters('ada')
    thief.send(`JOIN ${server.group.id}`)
    await thief.settle()
    for (const where of [server.nick, server.group.id]) thief.send(`PRIVMSG ${where} :I am ada`)
    for (const count of [2, 3]) {
      const { sender, peer } = await irc.next(count)
      expect(sender).toMatchObject({ name: 'ada', transient: true })
      expect(sender.id).toMatch(/^unidentified:/)
      if (peer.kind === 'direct') expect(peer.id).toBe(sender.id)
    }
    expect(irc.events[1]!.sender.id).toBe(irc.events[2]!.sender.id)
  })

  it('R4: an answer reaches the account under its new nick, and never who took over the old one', async () => {
    const server = await start()
    const irc = await connect(server)
    await server.says('what is my secret?', { from: ada })
    await irc.next(1)
    server.client(ada).send('NICK grace')
    await server.client(ada).settle()
    const thief = await server.enters('ada')
    // In no channel with us, so that nobody told us of the new nick.
    const failed = await irc.send(server.direct(ada), 'a secret').then(
      () => undefined,
      (error: unknown) => toFailure(error),
    )
    await thief.settle()
    expect(thief.lines.filter(({ command }) => command === 'PRIVMSG')).toEqual([])
    if (failed) {
      expect(failed.code).toBe('not_found')
      await server.says('and now?', { from: ada })
      await irc.next(2)
      await irc.send(server.direct(ada), 'a secret')
    }
    expect((await server.waitSeen(1)).peer).toEqual(server.direct(ada))
  })

  it('R4: after a restart finds an account under its own name, if it is logged in there', async () => {
    const server = await start()
    const irc = await connect(server)
    await irc.send(server.direct(ben), 'are you there?')
    expect(await server.waitSeen(1)).toMatchObject({ peer: server.direct(ben), text: 'are you there?' })
    await server.enters('mallory')
    for (const id of [
      'account:mallory',
      'account:nobody',
      'account:ada,ben',
      'account:#openclaw',
      'ada',
      'unidentified:1',
    ])
      await expect(irc.send({ kind: 'direct', id }, 'psst')).rejects.toMatchObject({ code: 'not_found' })
    expect(server.sees()).toHaveLength(1)
  })

  it('S7: tells who has no account once how to become known, and answers them as strangers', async () => {
    const server = await start()
    const irc = await connect(server)
    const guest = await server.enters('guest')
    const notice = guest.next(({ command }) => command === 'NOTICE')
    for (const text of ['hi', 'hello?']) guest.send(`PRIVMSG ${server.nick} :${text}`)
    expect((await notice).params[1]).toContain('/msg NickServ IDENTIFY')
    const { sender, peer } = await irc.next(2)
    expect(sender.transient).toBe(true)
    await irc.send(peer, 'who are you?')
    await guest.settle()
    expect(guest.lines.filter(({ command }) => command === 'PRIVMSG').map(({ params }) => params[1])).toEqual([
      'who are you?',
    ])
    expect(
      guest.lines.filter(({ command, params }) => command === 'NOTICE' && params[1]!.includes('NickServ')),
    ).toHaveLength(1)
  })

  it('S7: gives an id of one connection to nobody else on the next one', async () => {
    const server = await start()
    const guest = await server.enters('guest')
    const first = await connect(server)
    await inGroup(server)
    guest.send(`PRIVMSG ${server.nick} :hi`)
    const { sender } = await first.next(2)
    await first.close()
    const second = await connect(server)
    await inGroup(server)
    guest.send(`PRIVMSG ${server.nick} :hi`)
    expect((await second.next(2)).sender.id).not.toBe(sender.id)
    await expect(second.send({ kind: 'direct', id: sender.id }, 'hi')).rejects.toMatchObject({ code: 'not_found' })
  })
})

it('S7: notices a login and a logout as they happen', async () => {
  for (const without of [[], ['account-tag']]) {
    const server = await ircEmulator({ without })
    const irc = await connect(server)
    const client = server.client(ben)
    await server.says('one', { from: ben, in: server.group })
    await irc.next(1)
    client.send('PRIVMSG NickServ :LOGOUT')
    await server.says('two', { from: ben, in: server.group })
    client.send('PRIVMSG NickServ :IDENTIFY ben password-of-ben')
    await server.says('three', { from: ben, in: server.group })
    const [one, two, three] = [await irc.next(1), await irc.next(2), await irc.next(3)]
    expect([one.sender.id, three.sender.id]).toEqual([ben, ben])
    expect(two.sender).toMatchObject({ transient: true, name: 'ben' })
  }
})

it('S7: asks again after a minute where logins are not told', async () => {
  const server = await ircServer()
  const irc = await connect(server)
  const late = await server.enters('late')
  late.send(`JOIN ${server.group.id}`)
  await inGroup(server)
  const say = (text: string) => late.send(`PRIVMSG ${server.group.id} :${text}`)
  say('before')
  expect((await irc.next(2)).sender.transient).toBe(true)
  server.network.services.logIn('late', 'late')
  while (!late.lines.some(({ command }) => command === '330')) {
    late.send('WHOIS late')
    await late.settle()
  }
  await irc.clock.advance(60_000)
  say('after')
  expect((await irc.next(3)).sender).toEqual({ id: 'account:late', name: 'late' })
})

it('S7: takes no word of WHOIS about somebody else for who wrote', async () => {
  const server = await ircEmulator({ without: ['account-tag', 'extended-join', 'account-notify'] })
  const irc = await connect(server)
  await inGroup(server)
  // The nick changed hands between the message and the answer: the host is another one.
  server.give(':ada!~ada@elsewhere.example.net PRIVMSG openclaw :I am ada')
  expect((await irc.next(2)).sender).toMatchObject({ name: 'ada', transient: true })
})

it('S7: does not believe an account that the server was not asked to tell', async () => {
  const server = await ircEmulator({ without: ['account-tag', 'extended-join', 'account-notify'] })
  const irc = await connect(server)
  await inGroup(server)
  server.give('@account=ada :eve!~eve@elsewhere.example.net PRIVMSG openclaw :I am ada')
  expect((await irc.next(2)).sender).toMatchObject({ name: 'eve', transient: true })
})

it('S7: tells apart what only looks alike, and folds what the server says is the same', async () => {
  const server = await ircEmulator()
  const irc = await connect(server)
  const ids = []
  for (const account of ['Ada[x]', 'ada{x}', 'аda', 'ada_x']) {
    const person = await server.enters(`someone${ids.length}`, account)
    person.send(`PRIVMSG ${server.nick} :hi`)
    ids.push((await irc.next(ids.length + 1)).sender.id)
  }
  expect(ids).toEqual(['account:ada{x}', 'account:ada{x}', 'account:аda', 'account:ada_x'])
})
