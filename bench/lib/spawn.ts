import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import type { WebSocket } from 'ws'

/** A program that was started and answers. Disposing it ends it. */
export interface Started extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  /** From the start of the process until it said it is ready. */
  readonly readyMs: number
}

const root = join(import.meta.dirname, '..', '..')

/** Starts the bundled gateway over a home, and waits until `/readyz` answers 200. */
export function startGateway(home: string): Promise<Started> {
  return start((port) => [
    join(root, 'apps/cli/dist/main.js'),
    'gateway',
    'run',
    '--port',
    String(port),
    '--home',
    home,
  ])
}

/** Starts a bundled baseline with its port as the argument, and waits in the same way. */
export function startBare(file: string): Promise<Started> {
  return start((port) => [file, String(port)])
}

/** Bundles a baseline as the program is bundled, so that both load one file. */
export async function bundleBare(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`)
  await build({
    entryPoints: [join(root, 'bench/baseline', `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['bufferutil', 'utf-8-validate'],
    banner: {
      js: "import { createRequire as requireHere } from 'node:module';const require = requireHere(import.meta.url);",
    },
    logLevel: 'error',
  })
  return outfile
}

async function start(argv: (port: number) => readonly string[]): Promise<Started> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const began = performance.now()
  const child = spawn(process.execPath, argv(port), { stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() - began > 60_000) {
      child.kill('SIGKILL')
      throw new Error(`it did not get ready: ${argv(port).join(' ')}`)
    }
    await sleep(1)
  }
  return { pid: child.pid!, url, readyMs: performance.now() - began, [Symbol.asyncDispose]: () => end(child) }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}readyz`, { headers: { connection: 'close' } })
    await answer.body?.cancel()
    return answer.status === 200
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(late)
}

/** The token of the owner of a home. */
export async function tokenOf(home: string): Promise<string> {
  return (await readFile(join(home, 'credentials', 'local.token'), 'utf8')).trim()
}

/** Opens a socket and says who we are. */
export async function connect(url: string, token: string): Promise<WebSocket> {
  const { WebSocket } = await import('ws')
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false })
  await once(socket, 'open')
  socket.send(
    JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'connect',
      params: { kind: 'control', auth: { token }, client: { name: 'bench', version: '1' } },
    }),
  )
  await once(socket, 'message')
  return socket
}
