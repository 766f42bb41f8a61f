import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { toFailure } from '@openclaw/sdk'
import { ircEmulator, ircServer, startEmulator, startNgircd, type IrcServer } from '@openclaw/testing/irc'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ircChannel } from '../src/channel.ts'
import { usualTiming, type Timing } from '../src/timing.ts'
import { connect, inGroup, makeAccount } from './connect.ts'

/** Connects to no good end, and resolves with why. */
async function refusal(config: unknown, timing: Partial<Timing> = {}) {
  const { account, told } = makeAccount(config)
  const connecting = ircChannel({ ...usualTiming, ...timing }).connect(account)
  const failed = connecting.then(
    () => undefined,
    (error: unknown) => toFailure(error),
  )
  onTestFinished(() => told.close())
  return { failed, told }
}
const why = async (config: unknown) => (await refusal(config)).failed

async function emulator(options: Parameters<typeof ircEmulator>[0] = {}): Promise<IrcServer> {
  const server = await ircEmulator(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

describe('logging in', () => {
  it('does so with SASL PLAIN before anything is said', async () => {
    const server = await ircEmulator()
    await connect(server)
    await inGroup(server)
    const ada = server.client('account:ada')
    ada.send(`WHOIS ${server.nick}`)
    const { params } = await ada.next(({ command }) => command === '330')
    expect(params[2]).toBe('OpenClaw')
  })

  it('says that the password was refused, and what to do', async () => {
    const { refused } = await emulator()
    expect(await why(refused)).toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(/^irc\/default: services refused the account or its password.*REGISTER/) as string,
    })
  })

  it('does not enter without a login that was asked for', async () => {
    for (const without of [['sasl'], ['sasl', 'multi-prefix', 'message-tags', 'server-time', 'batch', 'account-tag']]) {
      const { account } = await emulator({ without })
      expect(await why(account)).toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('no SASL') as string,
      })
    }
  })

  it("says that the server's password was refused", async () => {
    const server = await ircServer()
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(await why(server.refused)).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('serverPassword') as string,
    })
  })

  it("does not give the server's password to services", async () => {
    const server = await emulator({ without: ['account-tag'] })
    const { sasl: _none, ...account } = server.account
    const { account: ours, told } = makeAccount({ ...account, serverPassword: 'for the server' })
    const link = await ircChannel().connect(ours)
    expect(server.written.filter(({ command }) => command === 'AUTHENTICATE')).toEqual([])
    await link[Symbol.asyncDispose]()
    await told.close()
  })

  it('sends no password unencrypted to another machine', async () => {
    const config = { host: 'irc.example.net', tls: false, nick: 'openclaw' }
    for (const login of [{ sasl: { account: 'a', password: 'b' } }, { serverPassword: 'b' }])
      expect(await why({ ...config, ...login })).toMatchObject({
        code: 'invalid_config',
        message: expect.stringContaining('unencrypted') as string,
      })
  })

  it('takes another nick when its own is in use, and its own once that is free', async () => {
    const server = await ircEmulator()
    const holder = await server.enters('openclaw')
    const irc = await connect(server)
    await inGroup(server)
    expect(server.nick).toBe('openclaw_')
    await server.says('are you there?', { in: server.group, mention: true })
    expect(await irc.next(2)).toMatchObject({ text: 'are you there?', mentioned: true })
    await holder[Symbol.asyncDispose]()
    await irc.clock.advance(usualTiming.regainMs)
    await server.waitWritten(({ command, params }) => command === 'NICK' && params[0] === 'openclaw')
    await server.says('and now?', { in: server.group, mention: true })
    expect(server.nick).toBe('openclaw')
    expect(await irc.next(3)).toMatchObject({ text: 'and now?', mentioned: true })
  })

  it('takes its nick back at once when its holder is seen to leave', async () => {
    const server = await ircEmulator()
    const holder = await server.enters('openclaw')
    holder.send(`JOIN ${server.group.id}`)
    await connect(server)
    await inGroup(server)
    holder.send('NICK another')
    await server.client('account:ada').next(({ command, params }) => command === 'NICK' && params[0] === 'openclaw')
  })

  it('finds a short nick where the server allows no more', async () => {
    const server = await ircServer()
    const names = ['openclaw', 'openclaw_', 'openclaw__']
    for (const name of names) await server.enters(name)
    await connect(server)
    await inGroup(server)
    expect(server.nick).toMatch(/^opencl\d{3}$/)
  })

  it('gives up on a server that says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    const connected = new Promise((resolve) => silent.once('connection', resolve))
    const { failed, told } = await refusal({ host: '127.0.0.1', port, tls: false, nick: 'openclaw' })
    await connected
    await told.clock.advance(usualTiming.registerMs + usualTiming.quitMs)
    expect(await failed).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('did not answer') as string,
    })
  })

  it('says where nothing listens and what is not known', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => free.once('listening', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    expect(await why({ host: '127.0.0.1', port, tls: false, nick: 'openclaw' })).toMatchObject({
      code: 'unavailable',
      message: `irc/default: 127.0.0.1:${port} takes no connections; are \`host\` and \`port\` right?`,
    })
  })
})

describe('TLS', () => {
  let folder = ''
  let tls = { cert: '', key: '' }
  const files = () => ({ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') })
  const trusted = getCACertificates('default')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openclaw-irc-'))
    const { cert, key } = files()
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert]
    await promisify(execFile)('openssl', [...made, ...subject])
    await promisify(execFile)('chmod', ['-R', 'a+rX', folder])
    tls = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
  })
  afterAll(async () => {
    setDefaultCACertificates(trusted)
    await rm(folder, { recursive: true })
  })

  it('explains a certificate that signed itself, and sends nothing to who has it', async () => {
    setDefaultCACertificates(trusted)
    const server = await startEmulator({ tls })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const { code, message } = (await why({ host: '127.0.0.1', port: server.tlsPort, nick: 'openclaw' }))!
    expect(code).toBe('unavailable')
    expect(message).toContain('signed itself')
    expect(message).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('explains a port that does not speak it', async () => {
    const server = await startEmulator()
    onTestFinished(() => server[Symbol.asyncDispose]())
    expect(await why({ host: '127.0.0.1', port: server.port, nick: 'openclaw' })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not speak TLS') as string,
    })
  })

  it('speaks it with ngircd', async () => {
    setDefaultCACertificates([...trusted, tls.cert])
    const server = await startNgircd({ tls: files() })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const config = { host: 'localhost', port: server.tlsPort, nick: 'openclaw', ...server.login }
    const { account, told } = makeAccount(config)
    const link = await ircChannel().connect(account)
    const ada = await server.person('ada', 'ada')
    ada.send('PRIVMSG openclaw :over TLS')
    expect(await told.until(() => told.events[0])).toMatchObject({ text: 'over TLS', sender: { id: 'account:ada' } })
    await ada[Symbol.asyncDispose]()
    await link[Symbol.asyncDispose]()
    await told.close()
  })

  it('logs in with a client certificate (SASL EXTERNAL)', async () => {
    setDefaultCACertificates([...trusted, tls.cert])
    const server = await startEmulator({ tls, fingerprint: new X509Certificate(tls.cert).fingerprint256 })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const config = { host: 'localhost', port: server.tlsPort, nick: 'openclaw', certificate: files() }
    const { account, told } = makeAccount(config)
    const link = await ircChannel().connect(account)
    const ada = await server.person('ada', 'ada')
    const told330 = ada.next(({ command }) => command === '330')
    ada.send('WHOIS openclaw')
    expect((await told330).params[2]).toBe('OpenClaw')
    await ada[Symbol.asyncDispose]()
    await link[Symbol.asyncDispose]()
    await told.close()
  })

  it('refuses a certificate that services do not know, one that is missing, and one without TLS', async () => {
    setDefaultCACertificates([...trusted, tls.cert])
    const server = await startEmulator({ tls })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const config = { host: 'localhost', port: server.tlsPort, nick: 'openclaw', certificate: files() }
    expect(await why(config)).toMatchObject({ code: 'unauthorized' })
    const missing = { ...config, certificate: { cert: '/nowhere.pem', key: '/nowhere.pem' } }
    expect(await why(missing)).toMatchObject({ code: 'invalid_config' })
    expect(await why({ ...config, tls: false })).toMatchObject({ code: 'invalid_config' })
  })
})
