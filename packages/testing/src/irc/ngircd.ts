import { spawn, type ChildProcess } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Network } from './network.ts'
import { openPerson } from './person.ts'
import { linkServices, servicesName, type Services } from './services.ts'

/** The real server, with services beside it. */
export interface Ngircd extends Network {
  /** Its port for TLS, when it has a certificate. */
  readonly tlsPort: number
  readonly services: Services
}

export interface NgircdOptions {
  /** Paths of files in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Where the program may be, besides in PATH. */
  readonly folders?: readonly string[]
}

const serverPassword = 'open-sesame'
const linkPassword = 'link-password'

/**
 * Starts ngircd (https://ngircd.barton.de/) on a free port of this machine, with a configuration of its own in a temporary
 * folder. Rejects with a sentence that says how to install it where it is missing.
 */
export async function startNgircd({
  tls,
  folders = ['/usr/sbin', '/usr/local/sbin'],
}: NgircdOptions = {}): Promise<Ngircd> {
  const program = await find('ngircd', folders)
  const [port, tlsPort] = [await freePort(), await freePort()]
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-ngircd-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'ngircd.conf')
  await writeFile(file, configuration(port, tls && { ...tls, port: tlsPort }), { mode: 0o644 })
  const child = spawn(program, ['-n', '-f', file], { stdio: 'ignore' })
  opening.defer(() => end(child))
  await listening(child, port)
  const services = opening.use(await linkServices(port, linkPassword))
  const running = opening.move()
  return {
    port,
    tlsPort,
    services,
    login: { serverPassword },
    refused: { serverPassword: 'close-sesame' },
    // It gives nothing twice and keeps the order: without ids nobody could tell that something came again.
    immune: ['duplicate', 'reorder'],
    async person(nick, account) {
      const person = await openPerson(port, { nick, password: serverPassword })
      if (account === undefined) return person
      services.logIn(nick, account)
      await loggedIn(person, account)
      return person
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Services speak over another link, so it is asked until the server has heard of it. */
async function loggedIn(person: Awaited<ReturnType<typeof openPerson>>, account: string): Promise<void> {
  for (;;) {
    const from = person.lines.length
    const end = person.next(({ command }) => command === '318')
    person.send(`WHOIS ${person.nick}`)
    await end
    if (person.lines.slice(from).some(({ command, params }) => command === '330' && params[2] === account)) return
  }
}

/** With a timeout, so that it does not outlive a test that was killed. */
function configuration(port: number, tls: { cert: string; key: string; port: number } | undefined): string {
  return `
[Global]
Name = irc.example.net
Info = A test
Listen = 127.0.0.1
Ports = ${port}
Password = ${serverPassword}
MotdPhrase = Welcome
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
MaxNickLength = 30
MaxJoins = 0
IdleTimeout = 10
[Options]
DNS = no
Ident = no
PAM = no
[Server]
Name = ${servicesName}
MyPassword = ${linkPassword}
PeerPassword = ${linkPassword}
ServiceMask = *Serv
Passive = yes
${tls ? `[SSL]\nCertFile = ${tls.cert}\nKeyFile = ${tls.key}\nPorts = ${tls.port}\n` : ''}`
}

async function find(program: string, folders: readonly string[]): Promise<string> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...folders]) {
    const path = join(folder, program)
    const there = await access(path).then(
      () => true,
      () => false,
    )
    if (there) return path
  }
  throw new Error('these tests need the real IRC server ngircd, which is not installed: apt-get install ngircd')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (up) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`ngircd did not start: it exited with ${child.exitCode}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}
