import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanEnv, end, root, run, systemPath, temporary } from './shell.ts'

const resources = new AsyncDisposableStack()
let clone: string
let home: string

/** What a machine has before it meets us: its own Node and npm, and the settings of its npm. */
const env = (extra: NodeJS.ProcessEnv = {}) =>
  cleanEnv({ PATH: systemPath(), HOME: process.env.HOME, USERPROFILE: process.env.USERPROFILE, ...extra })

// A registry and a proxy where nobody listens: whoever asks the network fails at once.
const offline = {
  npm_config_registry: 'http://127.0.0.1:9/',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  npm_config_fetch_retries: '0',
}

interface Started {
  address: string
  tookMs: number
  output: string
}

/** Runs `npm start` until it prints where to chat, asks that gateway whether it is ready, and ends it. */
async function start(extra: NodeJS.ProcessEnv, limitMs: number): Promise<Started> {
  const began = Date.now()
  const child = spawn('npm', ['start', '--', '--port', '0', '--home', home], {
    cwd: clone,
    env: env(extra),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  try {
    const address = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing was printed within ${limitMs} ms:\n${output}`)), limitMs)
      const look = (data: Buffer) => {
        output += data.toString()
        const found = /https?:\/\/(127\.0\.0\.1|localhost):\d+/.exec(output)
        if (!found) return
        clearTimeout(late)
        resolve(found[0])
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      child.on('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)))
    })
    const tookMs = Date.now() - began
    const ready = await fetch(`${address}/readyz`)
    expect(ready.status).toBe(200)
    return { address, tookMs, output }
  } finally {
    await end(child)
  }
}

beforeAll(async () => {
  const temp = resources.use(await temporary())
  clone = join(temp.path, 'openclaw')
  home = join(temp.path, 'home')
  const result = await run('git', ['clone', '--quiet', root, clone], { cwd: temp.path, env: process.env })
  expect(result.code, result.stderr).toBe(0)
})

afterAll(() => resources.disposeAsync())

describe('a fresh clone on a machine with some Node and npm', () => {
  test('without a network the first start says what to do next', async () => {
    const result = await run('npm', ['start', '--silent'], {
      cwd: clone,
      env: env({ ...offline, npm_config_cache: join(home, 'no-cache') }),
    })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('The first start needs the network')
    expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  })

  test('npm start runs a gateway and prints where to chat', async () => {
    const first = await start({}, 240_000)
    console.log(`first start: ${first.tookMs} ms`)
    expect(existsSync(join(home, 'gateway.lock'))).toBe(true)
  })

  test('a second start is ready within 3 s and needs no network', async () => {
    const second = await start(offline, 30_000)
    console.log(`second start: ${second.tookMs} ms`)
    expect(second.tookMs).toBeLessThanOrEqual(3000)
  })

  test('npx openclaw in the clone is ours', async () => {
    const result = await run('npx', ['openclaw', '--version'], { cwd: clone, env: env(offline) })
    expect(result.code, result.stderr).toBe(0)
    expect(result.stdout).toContain('0.1.0')
  })

  test('it leaves nothing behind that git sees', async () => {
    const result = await run('git', ['status', '--porcelain'], { cwd: clone, env: process.env })
    expect(result.stdout).toBe('')
  })
})
