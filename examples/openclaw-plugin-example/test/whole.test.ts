import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testKernel, type Counterpart, type TestKernel } from '@openclaw/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPlatform } from './counterpart.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const shell = { cwd: root, shell: process.platform === 'win32' }

let gateway: TestKernel
let home: string
let people: Counterpart

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'openclaw-example-'))
  people = await startPlatform(async () => new Response())
  await install()
  gateway = await testKernel({
    home,
    listen: true,
    config: {
      gateway: { auth: { mode: 'none' } },
      agents: { main: { model: 'example/parrot' } },
      // A kernel in the test's process has no program to start plugins of others with.
      plugins: { example: { isolation: 'none', config: { sides: 20 } } },
      channels: {
        example: { dm: { policy: 'open' }, accounts: { default: people.account } },
      },
    },
  })
}, 60_000)

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await people?.[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

/** Builds and packs the plugin, and puts it where `openclaw plugins add` would. */
async function install() {
  await run('pnpm', ['run', 'build'], shell)
  await run('pnpm', ['pack', '--pack-destination', home], shell)
  const modules = join(home, 'plugins', 'node_modules')
  await mkdir(join(modules, '@openclaw'), { recursive: true })
  await run('tar', ['-xzf', 'openclaw-plugin-example-0.1.0.tgz', '-C', modules], { cwd: home })
  await rename(join(modules, 'package'), join(modules, 'openclaw-plugin-example'))
  await writeFile(
    join(home, 'plugins', 'package.json'),
    JSON.stringify({ dependencies: { 'openclaw-plugin-example': '0.1.0' } }),
  )
  // npm would bring these two.
  for (const name of ['@openclaw/sdk', 'typebox'])
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction')
}

function post(note: object, secret = 'a long secret'): Promise<Response> {
  const url = new URL('/webhooks/example/default', gateway.kernel.address)
  return fetch(url, { method: 'POST', headers: { 'x-example-secret': secret }, body: JSON.stringify(note) })
}

it('A90 A94: is found by its manifest and plugged in at all four hook points', async () => {
  const { models } = await gateway.call('models.list', {})
  expect(models).toContainEqual({ id: 'example/parrot', contextTokens: 100_000 })
  const { tools } = await gateway.call('tools.list', {})
  expect(tools.find(({ name }) => name === 'roll_dice')).toMatchObject({ description: 'Roll dice with 20 sides.' })
  const { plugins } = await gateway.call('plugins.list', {})
  const hooks = ['channel', 'tool', 'provider', 'gateway']
  expect(plugins.find(({ id }) => id === 'example')).toMatchObject({ state: 'active', source: 'installed', hooks })
})

it('answers a message through its own channel with its own model, and counts it', async () => {
  expect((await post({ id: '1', from: 'ann', text: 'hello out there' })).status).toBe(202)
  expect(await people.waitSeen(1)).toMatchObject({ peer: { id: 'ann' }, text: 'hello out there' })
  await gateway.hear('agent.end')
  const page = await fetch(new URL('/example/', gateway.kernel.address))
  expect(await page.text()).toBe('1 answers so far\n')
})

it('takes a message once, and none without the secret', async () => {
  expect((await post({ id: '2', from: 'ann', text: 'again' }, 'guessed')).status).toBe(401)
  expect((await post({ id: '1', from: 'ann', text: 'hello out there' })).status).toBe(202)
  expect((await post({ nothing: true })).status).toBe(400)
  expect(people.sees()).toHaveLength(1)
})
