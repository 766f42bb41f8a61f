import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { failure } from '@openclaw/sdk'
import { callTool, say, testKernel } from '@openclaw/testing'

const frozen = join(import.meta.dirname, 'fixtures')
const typebox = join(import.meta.dirname, '../../packages/sdk/node_modules/typebox')

/** A home in which the plugin and the sdk of its day are installed side by side, as npm would put them. */
async function homeWithFrozenPlugin() {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-frozen-'))
  const modules = join(path, 'plugins', 'node_modules')
  const sdk = join(modules, '@openclaw', 'sdk')
  await mkdir(sdk, { recursive: true })
  await cp(join(frozen, 'plugin'), join(modules, 'claw-frozen'), { recursive: true })
  await cp(join(frozen, 'sdk.js'), join(sdk, 'sdk.js'))
  await writeFile(
    join(sdk, 'package.json'),
    JSON.stringify({ name: '@openclaw/sdk', version: '0.1.0', type: 'module', exports: './sdk.js' }),
  )
  await symlink(await realpath(typebox), join(modules, 'typebox'))
  await writeFile(join(path, 'plugins', 'package.json'), JSON.stringify({ dependencies: { 'claw-frozen': '1.0.0' } }))
  return {
    path,
    entry: join(modules, 'claw-frozen', 'gateway.js'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

it('a plugin built against a frozen copy of the sdk works beside the current one', async () => {
  await using home = await homeWithFrozenPlugin()
  await using house = await testKernel({
    home: home.path,
    config: { plugins: { frozen: { isolation: 'none', config: { greeting: 'moin', key: 'env:PATH' } } } },
    script: [callTool('frozen_add', { a: 2, b: 3 }), say('done')],
  })
  // The two copies are two.
  const own = (await import(pathToFileURL(home.entry).href)) as { failure: typeof failure }
  expect(own.failure).not.toBe(failure)

  const call = house.kernel.call as (method: string, params: object) => Promise<unknown>
  expect(await call('frozen.greet', { name: 'Ada' })).toMatchObject({ text: expect.stringMatching(/^moin Ada, \d+$/) })
  await expect(call('frozen.greet', { name: 5 })).rejects.toMatchObject({ code: 'invalid_params' })
  await expect(call('frozen.refuse', {})).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7 })

  await house.ask('add')
  expect(JSON.stringify(house.heard.find(({ event }) => event === 'agent.tool.result')?.payload)).toContain('moin 5')

  const { plugins } = await house.call('plugins.list', {})
  expect(plugins.find(({ id }) => id === 'frozen')).toMatchObject({
    source: 'installed',
    state: 'active',
    holds: expect.arrayContaining(['method frozen.greet', 'interceptors prompt', 'nothing much']),
  })
})
