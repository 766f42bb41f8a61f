import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { memoryStore, toolBench } from '@openclaw/testing'
import type { Store } from '@openclaw/sdk'
import entry from '../src/tool.ts'

const require = createRequire(import.meta.url)

/** The official reference servers: https://github.com/modelcontextprotocol/servers */
const programs = {
  everything: require.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
  filesystem: require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'),
  memory: require.resolve('@modelcontextprotocol/server-memory/dist/index.js'),
}

/** How to start one of them. */
export const reference = (name: keyof typeof programs, ...args: string[]) => ({
  command: process.execPath,
  args: [programs[name], ...args],
})

/** Waits until something is so; a test's own deadline ends it. */
export async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await sleep(20)
}

/** A folder that is gone with its scope. */
export async function folder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-mcp-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Tools of these servers, all of which are known; results have their text in one piece. */
export async function open(config: { servers: object; maxTools?: number }, store: Store = memoryStore()) {
  const bench = await toolBench(entry, { maxTools: 100, ...config }, { store })
  const isKnown = async (name: string) => (await store.get(`server-${name}`)) !== undefined
  await until(
    async () => (await Promise.all(Object.keys(config.servers).map(isKnown))).every(Boolean) && bench.tools.size > 0,
  )
  return {
    ...bench,
    async call(...[name, input, more]: Parameters<typeof bench.call>) {
      const result = await bench.call(name, input, more)
      return { ...result, text: result.content.map((one) => (one.type === 'text' ? one.text : one.ref)).join('\n') }
    },
  }
}

/** A server whose tools and temper a file plans; see fixtures/server.ts. */
export async function planned(...tools: readonly { name: string; description?: string; inputSchema?: object }[]) {
  const place = await folder()
  const file = join(place.path, 'plan.json')
  const plan = (...list: typeof tools) => writeFile(file, JSON.stringify({ tools: list }))
  await plan(...tools)
  return {
    command: {
      command: process.execPath,
      args: [fileURLToPath(new URL('./fixtures/server.ts', import.meta.url)), file],
    },
    plan,
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  }
}

/** The reference server `everything` on a port of this machine, over Streamable HTTP. */
export async function everythingOverHttp(port?: number) {
  const free = port ?? (await freePort())
  const child = spawn(process.execPath, [programs.everything, 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(free) },
    stdio: 'ignore',
  })
  const url = `http://127.0.0.1:${free}/mcp`
  await until(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  )
  return {
    port: free,
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** True while a process with this id runs; a zombie does not. */
export async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
