import { delimiter } from 'node:path'
import { formatLine, parseLine, startEmulator, startNgircd, type Network, type Person } from '@openclaw/testing/irc'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

describe('a line', () => {
  it('is taken apart and put together', () => {
    const text = '@account=ada;+note=a\\sb\\:c :ada!~ada@host PRIVMSG #garden :hello there: you'
    const line = parseLine(text)
    expect(line).toEqual({
      tags: { account: 'ada', '+note': 'a b;c' },
      source: 'ada!~ada@host',
      command: 'PRIVMSG',
      params: ['#garden', 'hello there: you'],
    })
    expect(formatLine(line)).toBe(text)
    expect(parseLine('PING :x').params).toEqual(['x'])
    expect(parseLine('').command).toBe('')
  })
})

/** What both networks do alike, so that a test on one says something about the other. */
describe.each<[string, () => Promise<Network>]>([
  ['ngircd', () => startNgircd()],
  ['the emulator', () => startEmulator()],
])('%s', (_name, start) => {
  async function open() {
    const network = await start()
    onTestFinished(() => network[Symbol.asyncDispose]())
    const [ada, ben] = [await network.person('ada', 'ada'), await network.person('ben')]
    onTestFinished(async () => {
      await ada[Symbol.asyncDispose]()
      await ben[Symbol.asyncDispose]()
    })
    return { network, ada, ben }
  }
  const whois = async (who: Person, nick: string) => {
    const from = who.lines.length
    const end = who.next(({ command }) => command === '318')
    who.send(`WHOIS ${nick}`)
    await end
    return who.lines.slice(from).filter(({ command }) => ['330', '401', '311'].includes(command))
  }

  it('says by WHOIS who is logged in to which account', async () => {
    const { ben } = await open()
    expect((await whois(ben, 'ada')).map(({ command }) => command)).toEqual(['311', '330'])
    expect((await whois(ben, 'ada'))[1]!.params.slice(0, 3)).toEqual(['ben', 'ada', 'ada'])
    expect((await whois(ben, 'ben')).map(({ command }) => command)).toEqual(['311'])
    expect((await whois(ben, 'nobody'))[0]!.command).toBe('401')
  })

  it('passes messages on in a channel and directly, and refuses others', async () => {
    const { ada, ben } = await open()
    for (const person of [ada, ben]) {
      person.send('JOIN #garden')
      await person.settle()
    }
    const heard = ben.next(({ command }) => command === 'PRIVMSG')
    ada.send('PRIVMSG #garden :hello')
    expect(await heard).toMatchObject({ params: ['#garden', 'hello'] })
    const refused = ada.next(({ command }) => command === '401')
    ada.send('PRIVMSG nobody :hello')
    expect((await refused).params[1]).toBe('nobody')
    const kicked = ben.next(({ command }) => command === 'KICK')
    ada.send('KICK #garden ben :out')
    expect((await kicked).params).toEqual(['#garden', 'ben', 'out'])
  })

  it('gives a nick to one only', async () => {
    const { network } = await open()
    await expect(network.person('ada')).rejects.toThrow('433')
  })

  it('passes on no more than 512 bytes of a line', async () => {
    const { ada, ben } = await open()
    const heard = ben.next(({ command }) => command === 'PRIVMSG')
    ada.send(`PRIVMSG ben :${'x'.repeat(480)}`)
    expect(Buffer.byteLength(formatLine({ ...(await heard), tags: {} }))).toBeLessThanOrEqual(510)
  })
})

it('says what to install where ngircd is missing', async () => {
  vi.stubEnv('PATH', ['/nowhere', '/elsewhere'].join(delimiter))
  onTestFinished(() => void vi.unstubAllEnvs())
  await expect(startNgircd({ folders: [] })).rejects.toThrow('apt-get install ngircd')
})
