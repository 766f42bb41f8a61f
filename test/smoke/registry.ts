import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { end, root, run } from './shell.ts'

export interface Registry extends AsyncDisposable {
  url: string
  /** An npm configuration file that names this registry and may publish to it. */
  userconfig: string
}

/**
 * Starts a registry of our own in `folder`. It holds what is published to it, and takes every other package from the
 * registry that this machine is configured for; for our names it asks nobody, so that only what was packed answers.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const [upstream, authorities, proxy] = await Promise.all(['registry', 'cafile', 'https-proxy'].map(npmSetting))
  const own = { access: '$all', publish: '$all', unpublish: '$all' }
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'config.yaml')
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({
      storage: join(folder, 'storage'),
      auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
      uplinks: { upstream: { url: upstream, timeout: '60s', max_fails: 100, ...(proxy && { https_proxy: proxy }) } },
      packages: { openclaw: own, 'openclaw-*': own, '@openclaw/*': own, '**': { access: '$all', proxy: 'upstream' } },
      max_body_size: '100mb',
      log: { type: 'stdout', format: 'pretty', level: 'warn' },
    }),
  )
  const userconfig = join(folder, 'npmrc')
  // Anyone may publish here, but npm does not even try without a token.
  await writeFile(userconfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\n`)

  const bin = join(root, 'node_modules', 'verdaccio', 'bin', 'verdaccio')
  const child = spawn(process.execPath, [bin, '--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    env: { ...process.env, ...(authorities && { NODE_EXTRA_CA_CERTS: authorities }) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stdout.on('data', (data: Buffer) => (log += data.toString()))
  child.stderr.on('data', (data: Buffer) => (log += data.toString()))
  const deadline = Date.now() + 30_000
  while (!(await answers(`${url}-/ping`))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The local registry did not start:\n${log}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { url, userconfig, [Symbol.asyncDispose]: () => end(child) }
}

/** How npm is set up on this machine, by which the registry reaches the one behind it; undefined where it is not. */
async function npmSetting(name: string): Promise<string | undefined> {
  const { stdout } = await run('npm', ['config', 'get', name], { cwd: root, env: process.env })
  const value = stdout.trim()
  return value === '' || value === 'null' ? undefined : value
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  )
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
