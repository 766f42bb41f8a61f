import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connectGateway } from '@openclaw/client'

const bin = join(import.meta.dirname, '../../apps/cli/bin/openclaw.mjs')

/** A clean environment: nothing of the machine's own OpenClaw, keys or proxies. */
export function cleanEnv(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env
  return { PATH, HOME, LANG, NO_COLOR: '1', ...more }
}

/** Runs a command of the real CLI to its end. */
export async function openclaw(
  home: string,
  ...words: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [bin, ...words], {
    env: cleanEnv({ OPENCLAW_HOME: home }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (err += data.toString()))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out, err }
}

/** A home for one test, gone with it. */
export async function temporaryHome(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-e2e-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** The real gateway as a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  readonly child: ChildProcess
  readonly address: string
  /** What it has printed so far. */
  output(): string
  /** The one-time link that it printed. */
  readonly link: string
  kill(): Promise<void>
  /** Resolves when the process has ended, in whatever way. */
  readonly gone: Promise<void>
}

/** Starts it and waits until it takes messages; rejects when it ends before. `node`: what stands before the program. */
export async function startGateway(
  home: string,
  env: Record<string, string> = {},
  node: readonly string[] = [],
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [...node, bin, 'gateway', 'run', '--port', '0', '--home', home], {
    env: cleanEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const link = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /http:\S+#link=\S+/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout.on('data', look)
    child.once('exit', (code, signal) => reject(new Error(`the gateway ended by ${code ?? signal}:\n${output}`)))
  })
  const { address } = JSON.parse(await readFile(join(home, 'gateway.json'), 'utf8')) as { address: string }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await gone
  }
  return {
    child,
    address,
    link,
    output: () => output,
    kill: () => end('SIGKILL'),
    gone,
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

/** A client with the token of this machine's owner. */
export async function connect(home: string, address: string) {
  const token = (await readFile(join(home, 'credentials', 'local.token'), 'utf8')).trim()
  return connectGateway({
    url: address.replace(/^http/, 'ws'),
    auth: { token },
    client: { name: 'e2e', version: '1' },
    reconnect: false,
  })
}

/** Waits until something is true, for what no event tells; fails after `ms`. */
export async function until<T>(look: () => Promise<T | undefined | false>, ms = 20_000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error('it did not come true in time')
    await pause(50)
  }
}
