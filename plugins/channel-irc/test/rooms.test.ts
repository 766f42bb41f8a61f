import { ircEmulator, ircServer } from '@openclaw/testing/irc'
import { describe, expect, it } from 'vitest'
import { usualTiming } from '../src/timing.ts'
import { connect, inGroup } from './connect.ts'

const [ada, ben] = ['account:ada', 'account:ben']

describe.each([
  ['ngircd', ircServer],
  ['an IRCv3 network', ircEmulator],
] as const)('channels on %s', (_name, start) => {
  it('are entered again after a kick, and meanwhile it is said what is wrong', async () => {
    const server = await start()
    const irc = await connect(server)
    await inGroup(server)
    server.client(ada).send(`KICK ${server.group.id} ${server.nick} :too loud`)
    const { state, detail } = await irc.reported('kicked us')
    expect(state).toBe('degraded')
    expect(detail).toBe('irc/default: ada kicked us from #openclaw (too loud); it will be tried again')
    await irc.clock.advance(usualTiming.rejoinMs)
    await inGroup(server)
    await irc.next(2)
    expect(irc.reports.at(-1)).toEqual({ state: 'online', detail: '' })
  })

  it('that keep us out are named with what to do, and entered as soon as they let us in', async () => {
    const server = await start()
    const operator = server.client(ada)
    const closed: [string, string, string][] = [
      ['#banned', `MODE #banned +b ${'openclaw'}`, 'lift the ban (+b)'],
      ['#invited', 'MODE #invited +i', 'ask its operators for an /invite'],
      ['#locked', 'MODE #locked +k sesame', 'write "#locked key" in `channels`'],
    ]
    for (const [name, mode] of closed) {
      operator.send(`JOIN ${name}`)
      operator.send(mode)
    }
    await operator.settle()
    const names = closed.map(([name]) => name)
    const irc = await connect(server, { channels: ['#openclaw', ...names] })
    for (const [, , words] of closed) expect((await irc.reported(words)).state).toBe('degraded')
    const invited = operator.next(({ command, params }) => command === 'JOIN' && params[0] === '#invited')
    operator.send(`INVITE ${server.nick} #invited`)
    await invited
    operator.send('MODE #banned -b openclaw')
    operator.send('MODE #banned -b openclaw!*@*')
    operator.send('MODE #locked -k sesame')
    await operator.settle()
    await irc.clock.advance(usualTiming.rejoinMs)
    await irc.clock.advance(usualTiming.rejoinMs * 2)
    for (const name of ['#banned', '#locked']) await server.says('there?', { in: { kind: 'group', id: name } })
    while (irc.reports.at(-1)?.state !== 'online') await irc.link.probe!(new AbortController().signal)
  })

  it('with a key are entered with it', async () => {
    const server = await start()
    const operator = server.client(ada)
    operator.send('JOIN #locked')
    operator.send('MODE #locked +k sesame')
    await operator.settle()
    const irc = await connect(server, { channels: ['#locked sesame'] })
    await server.says('welcome', { in: { kind: 'group', id: '#locked' } })
    expect(await irc.next(1)).toMatchObject({ text: 'welcome', peer: { kind: 'group', id: '#locked' } })
  })

  it('that nobody told us to enter are not entered', async () => {
    const server = await start()
    const irc = await connect(server)
    await inGroup(server)
    const operator = server.client(ada)
    operator.send('JOIN #elsewhere')
    operator.send(`INVITE ${server.nick} #elsewhere`)
    await operator.settle()
    await irc.link.probe!(new AbortController().signal)
    expect(server.written.filter(({ command, params }) => command === 'JOIN' && params[0] === '#elsewhere')).toEqual([])
  })
})

describe('netsplits', () => {
  it('lose nobody for good, and nobody comes back as another (ngircd)', async () => {
    const server = await ircServer()
    const irc = await connect(server)
    await inGroup(server)
    const { services } = server.network
    services.introduce('far', server.group.id)
    services.logIn('far', 'far')
    services.says('far', server.group.id, 'hello from afar')
    expect(await irc.next(2)).toMatchObject({ text: 'hello from afar', sender: { id: 'account:far' } })
    const gone = server.client(ada).next(({ command }) => command === 'QUIT')
    await services.split()
    expect((await gone).params[0]).toMatch(/^\S+\.example\.net \S+\.example\.net$/)
    // On this side of the split the nick is free for anybody.
    const thief = await server.enters('far')
    thief.send(`JOIN ${server.group.id}`)
    thief.send(`PRIVMSG ${server.group.id} :it is me`)
    expect((await irc.next(3)).sender).toMatchObject({ name: 'far', transient: true })
    await expect(irc.send({ kind: 'direct', id: 'account:far' }, 'psst')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('end with everybody as they were (IRCv3)', async () => {
    const server = await ircEmulator({ without: ['account-tag'] })
    const irc = await connect(server)
    await inGroup(server)
    server.network.split('ben', 'cleo')
    await expect(irc.send(server.direct(ben), 'there?')).rejects.toMatchObject({ code: 'not_found' })
    server.network.heal()
    await server.says('back', { from: ben, in: server.group })
    expect(await irc.next(2)).toMatchObject({ text: 'back', sender: { id: ben } })
    await irc.send(server.direct(ben), 'welcome back')
    expect((await server.waitSeen(1)).text).toBe('welcome back')
  })
})
