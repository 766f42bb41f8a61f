import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What attacks go for on this machine, and whether one got it. */
export interface Prey extends AsyncDisposable {
  /** A word that nothing in a sandbox can know. */
  readonly canary: string
  /** What an attack finds in its variables. */
  readonly variables: Readonly<Record<string, string>>
  /** Holds a workspace of the attacker, one to read, and a neighbour's. */
  readonly folder: string
  /** What was reached or changed since it was asked last; empty when nothing was. */
  losses(): Promise<string[]>
}

/** Lays it out: a secret file, a folder, sockets with and without a path, ports, processes, an environment. */
export async function layOut(): Promise<Prey> {
  const canary = `canary-${randomBytes(8).toString('hex')}`
  const nap = String(90_000 + randomBytes(2).readUInt16BE())
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-prey-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const outside = join(folder, 'outside')
  await mkdir(outside)
  await writeFile(join(folder, `secret-${canary.slice(-6)}`), canary, { mode: 0o644 })
  let reached: string[] = []

  const listen = async (at: string | { host: string; port: number }, what: string): Promise<Server | undefined> => {
    const server = createServer((socket) => {
      reached.push(what)
      // Answered and let go: a client that stays would keep the server.
      socket.on('error', () => {}).end('hello', () => socket.destroy())
    })
    const up = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(at, () => resolve(true))
    })
    if (!up) return undefined
    opening.defer(() => new Promise<void>((resolve) => server.close(() => resolve())))
    return server
  }
  const socket = join(folder, 'engine.sock')
  await listen(socket, 'a unix socket')
  await listen(`\0${canary}`, 'a socket without a path')
  const { port } = (await listen({ host: '0.0.0.0', port: 0 }, 'a port'))!.address() as AddressInfo
  await listen({ host: '::1', port }, 'a port')

  // A locale is handed to commands, so what stands in it comes as far as a sandbox lets it.
  process.env['LC_CANARY'] = canary
  opening.defer(() => void delete process.env['LC_CANARY'])
  let victim = await startVictim(canary)
  opening.defer(() => void victim.kill('SIGKILL'))
  const gateway = await startVictim(canary)
  opening.defer(() => void gateway.kill('SIGKILL'))

  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === 'IPv4' && !one.internal)
    .map((one) => one!.address)
  const running = opening.move()
  return {
    canary,
    folder,
    get variables() {
      return {
        SECRET: join(folder, `secret-${canary.slice(-6)}`),
        OUTSIDE: outside,
        SOCKET: socket,
        PORT: String(port),
        ADDRESS: addresses.join(' ') || '127.0.0.1',
        VICTIM: String(victim.pid),
        GATEWAY: String(gateway.pid),
        NAP: nap,
      }
    },
    async losses() {
      const lost = [...new Set(reached)].map((what) => `${what} was reached`)
      reached = []
      for (const name of await readdir(outside)) {
        lost.push(`${name} was written beside the workspace`)
        await rm(join(outside, name), { recursive: true, force: true })
      }
      for (const [who, child] of [
        ['the victim', victim],
        ['the gateway', gateway],
      ] as const)
        if (await isHurt(child)) lost.push(`${who} was hurt`)
      if (lost.includes('the victim was hurt')) {
        victim.kill('SIGKILL')
        victim = await startVictim(canary)
      }
      for (const pid of await leftAfter(nap, goneMs)) {
        lost.push('a process was left behind')
        process.kill(pid, 'SIGKILL')
      }
      return lost
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A process whose name and environment are the canary. */
async function startVictim(canary: string): Promise<ChildProcess> {
  const child = spawn('sleep', ['3600'], { argv0: `victim-${canary}`, env: { KEY: canary }, stdio: 'ignore' })
  await new Promise((resolve, reject) => child.once('spawn', () => resolve(undefined)).once('error', reject))
  return child
}

/** It ended or was stopped, or will be as soon as the machine comes to it. */
async function isHurt({ pid, exitCode, signalCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null || signalCode !== null) return true
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return !/^State:\s+[RSD]/m.test(status) || /^(Shd|Sig)Pnd:\s*0*[1-9a-f]/m.test(status)
}

/** What a killed command has to be gone (L6). */
const goneMs = 5000

/** Those that are still there after so long. */
async function leftAfter(nap: string, ms: number): Promise<number[]> {
  for (const end = performance.now() + ms; ; await sleep(50)) {
    const pids = await left(nap)
    if (pids.length === 0 || performance.now() > end) return pids
  }
}

/** Processes of attacks that try to outlive their command; they sleep for an odd time. */
async function left(nap: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return command.split('\0').slice(0, 2).join(' ') === `sleep ${nap}` ? [Number(pid)] : []
    }),
  )
  return found.flat()
}
