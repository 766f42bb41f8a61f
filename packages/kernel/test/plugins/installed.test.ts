import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { defineGateway, closed } from '@openclaw/sdk'
import { bundled, depend, install, openHouse } from './house.ts'

const manifest = (id: string, more: object = {}) => ({
  id,
  label: id,
  api: 1,
  hooks: { gateway: './gateway' },
  ...more,
})
const about = (id: string, more: object = {}) => ({
  exports: { './gateway': { types: './dist/gateway.d.ts', default: './dist/gateway.js' } },
  openclaw: manifest(id),
  ...more,
})
const entry = (id: string) =>
  `export default { id: '${id}', config: { type: 'object', properties: {} }, setup: ({ defer }) => { defer(() => {}, 'from ${id}'); return {} } }\n`

describe('installed plugins', () => {
  it('are those that the plugins folder names, and run from their files', async () => {
    await using one = await openHouse([], { trusted: ['weather', 'acme'] })
    await depend(one.home, { 'claw-weather': '1.0.0', '@acme/claw': '^2.0.0', shared: '1.0.0' })
    await install(one.home, 'claw-weather', about('weather', { version: '1.2.3' }), {
      'dist/gateway.js': entry('weather'),
    })
    await install(one.home, '@acme/claw', about('acme'), { 'dist/gateway.js': entry('acme') })
    await install(one.home, 'shared', {})
    await install(one.home, 'not-named', about('hidden'), { 'dist/gateway.js': entry('hidden') })
    await one.begin()
    expect(
      one.plugins
        .list()
        .map(({ id, name, version, source, state, holds }) => [id, name, version, source, state, holds[0]]),
    ).toEqual([
      ['weather', 'claw-weather', '1.2.3', 'installed', 'active', 'from weather'],
      ['acme', '@acme/claw', '1.0.0', 'installed', 'active', 'from acme'],
    ])
  })

  it('come before bundled ones of the same id; the second of two installed is parked, and it is said who has the id', async () => {
    const own = bundled('weather', {
      gateway: async () => ({ default: defineGateway({ id: 'weather', config: closed({}), setup: () => ({}) }) }),
    })
    await using one = await openHouse([own], { trusted: ['weather'] })
    await depend(one.home, { first: '1.0.0', second: '1.0.0' })
    for (const name of ['first', 'second'])
      await install(one.home, name, about('weather'), { 'dist/gateway.js': entry('weather') })
    await one.begin()
    expect(one.plugins.list()).toMatchObject([
      { name: 'first', source: 'installed', state: 'active' },
      { name: 'second', state: 'parked', reason: 'the id "weather" is taken by first; remove one of them' },
    ])
  })

  it('that are not ours do not run in this process unless a person says so', async () => {
    await using one = await openHouse([])
    await depend(one.home, {
      foreign: '1.0.0',
      '@openclaw/alias': 'npm:foreign@1.0.0',
      '@openclaw/git': 'git+https://example.org/x.git',
      '@openclaw/ours': '^1.0.0',
    })
    for (const [name, id] of [
      ['foreign', 'foreign'],
      ['@openclaw/alias', 'alias'],
      ['@openclaw/git', 'git'],
      ['@openclaw/ours', 'ours'],
    ] as const)
      await install(one.home, name, about(id), { 'dist/gateway.js': `globalThis.ran = '${id}'; ${entry(id)}` })
    await one.begin()
    const kept = expect.stringContaining('is to run in a process of its own, which this program cannot start')
    expect(Object.fromEntries(one.plugins.list().map(({ id, reason }) => [id, reason]))).toEqual({
      foreign: kept,
      alias: kept,
      git: kept,
      ours: undefined,
    })
    expect((globalThis as { ran?: string }).ran).toBe('ours')
  })

  it('from a workspace are links, run from where they are', async () => {
    await using one = await openHouse([], { trusted: ['mine'] })
    const workspace = join(one.home, 'elsewhere', 'mine')
    await mkdir(join(workspace, 'dist'), { recursive: true })
    await mkdir(join(one.home, 'plugins', 'node_modules'), { recursive: true })
    await writeFile(
      join(workspace, 'package.json'),
      JSON.stringify({ name: 'mine', version: '0.1.0', type: 'module', ...about('mine') }),
    )
    await writeFile(join(workspace, 'dist', 'gateway.js'), entry('mine'))
    await symlink(workspace, join(one.home, 'plugins', 'node_modules', 'mine'))
    await depend(one.home, { mine: `link:${workspace}` })
    await one.begin()
    expect(one.row('mine')).toMatchObject({ source: 'workspace', state: 'active' })
  })

  it('S8: that lead out of their folder are parked, whatever the way', async () => {
    await using one = await openHouse([], { trusted: ['dots', 'file', 'absolute', 'bare', 'subpath'] })
    const outside = join(one.home, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'evil.js'), 'globalThis.evil = true; export default {}')
    await writeFile(join(outside, 'package.json'), JSON.stringify({ name: 'linked', ...about('linked') }))
    await depend(one.home, {
      linked: '1.0.0',
      dots: '1.0.0',
      file: '1.0.0',
      absolute: '1.0.0',
      '../../outside': '1.0.0',
      bare: '1.0.0',
      subpath: '1.0.0',
    })
    await mkdir(join(one.home, 'plugins', 'node_modules'), { recursive: true })
    await symlink(outside, join(one.home, 'plugins', 'node_modules', 'linked'))
    await install(one.home, 'dots', {
      exports: { './gateway': './../../../outside/evil.js' },
      openclaw: manifest('dots'),
    })
    await symlink(
      join(outside, 'evil.js'),
      join(
        await install(one.home, 'file', { exports: { './gateway': './gateway.js' }, openclaw: manifest('file') }),
        'gateway.js',
      ),
    )
    await install(one.home, 'absolute', {
      exports: { './gateway': join(outside, 'evil.js') },
      openclaw: manifest('absolute'),
    })
    await install(one.home, 'bare', { exports: { './gateway': 'node:fs' }, openclaw: manifest('bare') })
    await install(one.home, 'subpath', {
      exports: {},
      openclaw: manifest('subpath', { hooks: { gateway: '../../outside/evil.js' } }),
    })
    await one.begin()
    expect(Object.fromEntries(one.plugins.list().map(({ id, state, reason }) => [id, `${state}: ${reason}`]))).toEqual({
      linked: expect.stringContaining('its folder leads out of'),
      dots: expect.stringContaining('leads out of its package'),
      file: expect.stringContaining('leads out of its package'),
      absolute: expect.stringContaining('does not export ./gateway'),
      bare: expect.stringContaining('does not export ./gateway'),
      subpath: expect.stringContaining('does not export ../../outside/evil.js'),
      '../../outside': expect.stringContaining('is no name of a package'),
    })
    expect(one.plugins.list().every(({ state }) => state === 'parked')).toBe(true)
    expect('evil' in globalThis).toBe(false)
  })

  it('S8: of which a tool entry leads out are parked before the agent process hears of them', async () => {
    await using one = await openHouse([], { trusted: ['sly', 'good'] })
    await depend(one.home, { sly: '1.0.0', good: '1.0.0' })
    await install(one.home, 'sly', {
      exports: { './tool': './../good/tool.js' },
      openclaw: manifest('sly', { hooks: { tool: './tool' } }),
    })
    const folder = await install(
      one.home,
      'good',
      { exports: { './tool': { import: './tool.js' } }, openclaw: manifest('good', { hooks: { tool: './tool' } }) },
      { 'tool.js': 'throw new Error("only the agent loads this")' },
    )
    await one.begin()
    expect(one.row('sly')).toMatchObject({
      state: 'parked',
      reason: expect.stringContaining('leads out of its package'),
    })
    expect(await one.plugins.agentEntries()).toMatchObject([
      { plugin: 'good', hook: 'tool', module: pathToFileURL(join(folder, 'tool.js')).href },
    ])
  })

  it('that are broken are parked with what to do, and do not hide the others', async () => {
    await using one = await openHouse([], { trusted: ['syntax', 'good'] })
    await depend(one.home, { gone: '1.0.0', torn: '1.0.0', empty: '1.0.0', syntax: '1.0.0', good: '1.0.0' })
    await writeFile(join(await install(one.home, 'torn', {}), 'package.json'), '{ "name": ')
    await rm(join(await install(one.home, 'empty', {}), 'package.json'))
    await install(one.home, 'syntax', about('syntax'), { 'dist/gateway.js': 'export default {' })
    await install(one.home, 'good', about('good'), { 'dist/gateway.js': entry('good') })
    await one.begin()
    expect(Object.fromEntries(one.plugins.list().map(({ id, reason = 'fine' }) => [id, reason]))).toEqual({
      gone: 'it is not installed; run `openclaw plugins add gone`',
      torn: expect.stringContaining('cannot be read; remove the plugin and add it again'),
      empty: expect.stringContaining('is not there'),
      syntax: expect.stringMatching(/Unexpected|Parse/),
      good: 'fine',
    })
  })

  it('that cannot be listed at all are an error in the log, and bundled ones run', async () => {
    await using one = await openHouse([
      bundled('own', {
        gateway: async () => ({ default: defineGateway({ id: 'own', config: closed({}), setup: () => ({}) }) }),
      }),
    ])
    await mkdir(join(one.home, 'plugins'))
    await writeFile(join(one.home, 'plugins', 'package.json'), '{')
    await one.begin()
    expect(one.row('own').state).toBe('active')
    expect(one.log.said.join()).toContain('cannot be found')
  })

  it('are plugged and unplugged by a reload; another version waits for the next start', async () => {
    await using one = await openHouse([], { trusted: ['late'] })
    await one.begin()
    await depend(one.home, { late: '1.0.0' })
    await install(one.home, 'late', about('late'), { 'dist/gateway.js': entry('late') })
    await one.plugins.reload()
    expect(one.row('late').state).toBe('active')
    await install(one.home, 'late', about('late', { version: '2.0.0' }), { 'dist/gateway.js': entry('late') })
    await one.plugins.reload()
    expect(one.row('late')).toMatchObject({
      version: '1.0.0',
      state: 'active',
      reason: 'version 2.0.0 is installed; restart the gateway to run it',
    })
    await depend(one.home, {})
    await one.plugins.reload()
    expect(one.plugins.list()).toEqual([])
    expect(one.plugins.extensions.size).toBe(0)
  })
})
