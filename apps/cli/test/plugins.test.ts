import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findNpm } from '../src/plugins/npm.ts'
import type { Manifest } from '@openclaw/protocol'
import { widened } from '../src/plugins/manifest.ts'
import { officialNames, readSpec } from '../src/plugins/spec.ts'
import { readPacked } from '../src/plugins/tarball.ts'
import { startRegistry, type Registry } from './registry.ts'
import { run, sources, startGateway, temporary, type RunOptions } from './run.ts'

const clone = join(import.meta.dirname, '..', '..', '..')

describe('what a word after plugins add means', () => {
  it.each([
    ['telegram', { kind: 'official', short: 'telegram' }],
    ['channel-telegram@1.2.3', { kind: 'official', short: 'channel-telegram', version: '1.2.3' }],
    ['@acme/weather', { kind: 'package', name: '@acme/weather' }],
    ['@acme/weather@^2.0.0', { kind: 'package', name: '@acme/weather', version: '^2.0.0' }],
    ['npm:openclaw-weather', { kind: 'package', name: 'openclaw-weather' }],
    ['./bin', { kind: 'file', path: join(import.meta.dirname, '..', 'bin') }],
  ])('%s', (word, spec) => {
    expect(readSpec(word, join(import.meta.dirname, '..'))).toEqual(spec)
  })

  it.each([
    '',
    '@acme',
    'Telegram',
    '../nowhere',
    './nowhere.tgz',
    'a@b c',
    '-g',
    '@a/b@https://evil.example',
    'git+ssh://x',
    'file:x',
    '@a/../b',
    'telegram@|sh',
  ])('%j is refused', (word) => {
    expect(() => readSpec(word)).toThrow(expect.objectContaining({ code: 'invalid_params' }) as Error)
  })

  it('S20: a short name never means a package outside of our scope', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), (short) => {
        for (const name of officialNames(short)) expect(name).toMatch(/^@openclaw\/(channel|tool|provider|gateway)-/)
      }),
    )
  })

  it('never hands npm anything but a name and a version', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        try {
          const spec = readSpec(word, '/nonexistent')
          if (spec.kind === 'package')
            expect(`${spec.name}@${spec.version ?? ''}`).toMatch(
              /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*@[\w^~.+-]*$/,
            )
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_params' })
        }
      }),
    )
  })
})

describe('what a tarball says of itself', () => {
  it.each([
    ['not a tarball', Buffer.from('hello')],
    ['cut', gzipSync(Buffer.alloc(100)).subarray(0, 12)],
    ['empty', gzipSync(Buffer.alloc(1024))],
    [
      'with a broken header',
      gzipSync(
        Buffer.concat([Buffer.from('package/package.json'.padEnd(124, '\0')), Buffer.from('zzzz'.padEnd(388, '\0'))]),
      ),
    ],
  ])('one that is %s is refused', async (_, bytes) => {
    await using folder = await temporary()
    const file = join(folder.path, 'x.tgz')
    await writeFile(file, bytes)
    await expect(readPacked(file)).rejects.toMatchObject({ code: 'invalid_params' })
  })
})

describe('what an update may do that was not allowed before', () => {
  const manifest = (permissions: Manifest['permissions'], hooks: Manifest['hooks'] = { tool: './tool' }): Manifest => ({
    id: 'x',
    label: 'X',
    api: 1,
    hooks,
    ...(permissions ? { permissions } : {}),
  })
  it.each<[Manifest['permissions'], Manifest['permissions'], string[]]>([
    [{ network: ['a'] }, { network: ['a'] }, []],
    [{ network: ['a', 'b'] }, { network: ['a'] }, []],
    [{ network: ['*'] }, { network: ['a'] }, []],
    [{}, { network: ['*'] }, ['network: any address']],
    [{ network: ['a'] }, { network: ['a', 'b'], methods: ['send'] }, ['network: b', 'method: send']],
    [{}, { public: true }, ['pages without a login']],
    [{ run: ['workers'] }, { run: ['workers', 'processes'] }, ['starts processes']],
  ])('%j → %j: %j', (before, after, more) => {
    expect(widened(manifest(before), manifest(after))).toEqual(more)
  })
  it('a further hook point counts', () => {
    expect(widened(manifest({}), manifest({}, { tool: './tool', gateway: './gateway' }))).toEqual([
      'plugs into gateway',
    ])
  })
})

/** A plugin on disk, whose scripts would leave a mark, and the tarball of it. */
async function makePlugin(
  folder: string,
  more: { name?: string; version?: string; permissions?: object; openclaw?: object } = {},
) {
  const {
    name = '@acme/openclaw-weather',
    version = '1.0.0',
    permissions = { network: ['api.example.org'], methods: [] },
  } = more
  const place = join(folder, `${name.replace('/', '-')}-${version}-source`)
  await mkdir(place, { recursive: true })
  const mark = join(folder, 'a-script-ran')
  const scripts = Object.fromEntries(
    ['preinstall', 'install', 'postinstall', 'prepare', 'prepack'].map((script) => [
      script,
      `node -e "require('fs').writeFileSync('${mark}', '')"`,
    ]),
  )
  const manifest = {
    name,
    version,
    license: 'MIT',
    type: 'module',
    exports: { './tool': './tool.js' },
    scripts,
    openclaw: more.openclaw ?? { id: 'weather', label: 'Weather', api: 1, hooks: { tool: './tool' }, permissions },
  }
  await writeFile(join(place, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(place, 'tool.js'), 'export default { setup() {} }\n')
  const npm = findNpm() ?? ''
  const packed = execFileSync(process.execPath, [npm, 'pack', '--ignore-scripts', '--silent'], {
    cwd: place,
    encoding: 'utf8',
  }).trim()
  return { place, mark, manifest, tarball: join(place, packed) }
}

/** A home, and the program with an npm whose person uses this registry. */
async function stage(registry?: Registry) {
  const folder = await temporary()
  const home = join(folder.path, 'home')
  await mkdir(join(folder.path, 'person'))
  await writeFile(
    join(folder.path, 'person', '.npmrc'),
    `registry=${registry?.url ?? 'http://127.0.0.1:9/'}\nfetch-retries=0\n`,
  )
  const openclaw = (args: readonly string[], options: RunOptions = {}) =>
    run([...args, '--home', home], {
      cwd: folder.path,
      ...options,
      env: { HOME: join(folder.path, 'person'), ...options.env },
    })
  const tree = async (file: string) =>
    JSON.parse(await readFile(join(home, 'plugins', file), 'utf8')) as {
      dependencies: Record<string, string>
      packages: Record<string, { integrity?: string }>
    }
  return { ...folder, folder: folder.path, home, openclaw, tree }
}

describe('plugins add and remove', () => {
  it('S20: a folder is installed with its scripts off, exact version and integrity pinned, after a yes', async () => {
    await using here = await stage()
    const { place, mark } = await makePlugin(here.folder)
    const asked = await here.openclaw(['plugins', 'add', place])
    expect(asked.code).toBe(1)
    expect(asked.stderr).toMatch(
      /Weather: @acme\/openclaw-weather 1\.0\.0\nPublisher .*\nIntegrity {3}sha512-\S+\nLicense {5}MIT\nPlugs into {2}tool\nNetwork {5}api\.example\.org\nMethods {5}none\n.*Give --yes/s,
    )
    expect(existsSync(join(here.home, 'plugins', 'node_modules'))).toBe(false)

    const added = await here.openclaw(['plugins', 'add', place, '--yes', '--json'])
    const { integrity, id } = JSON.parse(added.stdout) as { integrity: string; id: string }
    expect({ code: added.code, id }).toEqual({ code: 0, id: 'weather' })
    expect((await here.tree('package.json')).dependencies['@acme/openclaw-weather']).toMatch(
      /^file:packages\/.*1\.0\.0\.tgz$/,
    )
    expect((await here.tree('package-lock.json')).packages['node_modules/@acme/openclaw-weather']?.integrity).toBe(
      integrity,
    )
    expect(existsSync(mark)).toBe(false)

    expect((await here.openclaw(['plugins', 'remove', 'weather'])).code).toBe(0)
    expect((await here.tree('package.json')).dependencies).toEqual({})
    expect(readdirSync(join(here.home, 'plugins', 'packages'))).toEqual([])
    expect(existsSync(join(here.home, 'plugins', 'node_modules', '@acme', 'openclaw-weather'))).toBe(false)
    expect((await here.openclaw(['plugins', 'remove', 'weather'])).code).toBe(5)
  })

  it('S20: a package from the registry shows its publisher; an update that wants more asks again, one that does not goes through', async () => {
    await using registry = await startRegistry()
    await using here = await stage(registry)
    for (const [version, network] of [
      ['1.0.0', ['a.example']],
      ['1.1.0', ['a.example']],
      ['2.0.0', ['a.example', 'b.example']],
    ] as const) {
      await registry.publish(await makePlugin(here.folder, { version, permissions: { network, methods: [] } }))
    }
    const name = '@acme/openclaw-weather'
    const first = await here.openclaw(['plugins', 'add', `${name}@1.0.0`, '--yes'])
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('Publisher   acme-bot') as string })
    expect((await here.openclaw(['plugins', 'add', `${name}@1.1.0`])).code).toBe(0)
    const wider = await here.openclaw(['plugins', 'add', name])
    expect(wider).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/New {9}network: b\.example[^]*wants more than before/) as string,
    })
    expect((await here.tree('package.json')).dependencies[name]).toBe('1.1.0')
    expect((await here.openclaw(['plugins', 'add', name, '--yes'])).code).toBe(0)
    expect((await here.tree('package.json')).dependencies[name]).toBe('2.0.0')
    expect((await here.openclaw(['plugins', 'add', name])).stdout).toContain('is installed already')
  })

  it('S20: a registry that delivers something else than it says is refused, and the former state stays', async () => {
    await using registry = await startRegistry()
    await using here = await stage(registry)
    const name = '@acme/openclaw-weather'
    await registry.publish(await makePlugin(here.folder))
    await here.openclaw(['plugins', 'add', name, '--yes'])
    const before = await readFile(join(here.home, 'plugins', 'package-lock.json'), 'utf8')
    await registry.publish(await makePlugin(here.folder, { version: '1.0.1' }))
    const other = await makePlugin(here.folder, { version: '1.0.2' })
    await registry.swap(name, other.tarball)
    const { code, stderr } = await here.openclaw(['plugins', 'add', name, '--yes'])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/integrity|EINTEGRITY|delivers another|could not bring/i)
    expect(await readFile(join(here.home, 'plugins', 'package-lock.json'), 'utf8')).toBe(before)
    expect(
      JSON.parse(
        await readFile(join(here.home, 'plugins', 'node_modules', ...name.split('/'), 'package.json'), 'utf8'),
      ),
    ).toMatchObject({ version: '1.0.0' })
  })

  it('an installation that fails half way leaves what was there', async () => {
    await using registry = await startRegistry()
    await using here = await stage(registry)
    await registry.publish(await makePlugin(here.folder))
    await here.openclaw(['plugins', 'add', '@acme/openclaw-weather', '--yes'])
    const before = await Promise.all(
      ['package.json', 'package-lock.json'].map((file) => readFile(join(here.home, 'plugins', file), 'utf8')),
    )
    const broken = await makePlugin(here.folder, {
      name: '@acme/broken',
      openclaw: { id: 'broken', label: 'Broken', api: 1, hooks: { tool: './tool' } },
    })
    await registry.publish({
      ...broken,
      manifest: { ...broken.manifest, dependencies: { '@acme/nowhere': '1.0.0' } } as typeof broken.manifest,
    })
    const failed = await here.openclaw(['plugins', 'add', '@acme/broken', '--yes'])
    expect(failed.code).toBe(8)
    expect(failed.stderr).toMatch(/nothing was changed/)
    expect(
      await Promise.all(
        ['package.json', 'package-lock.json'].map((file) => readFile(join(here.home, 'plugins', file), 'utf8')),
      ),
    ).toEqual(before)
    expect(existsSync(join(here.home, 'plugins', 'node_modules', '@acme', 'openclaw-weather', 'tool.js'))).toBe(true)
    expect(existsSync(join(here.home, 'plugins', 'node_modules', '@acme', 'broken'))).toBe(false)
  })

  it.each([
    ['no plugin', undefined, /has no "openclaw" field/],
    ['for a newer contract', { id: 'x', label: 'X', api: 99, hooks: { tool: './tool' } }, /API 99/],
    ['with a broken manifest', { id: 'X!', label: 'X', api: 1, hooks: {} }, /manifest/],
  ])('a package that is %s is refused before anything is installed', async (_, openclaw, message) => {
    await using here = await stage()
    const { place, manifest } = await makePlugin(here.folder)
    await writeFile(join(place, 'package.json'), JSON.stringify({ ...manifest, openclaw }))
    const { code, stderr } = await here.openclaw(['plugins', 'add', place, '--yes'])
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(existsSync(join(here.home, 'plugins'))).toBe(false)
  })

  it('refuses a second package that calls itself the same, and what comes with openclaw', async () => {
    await using here = await stage()
    await here.openclaw(['plugins', 'add', (await makePlugin(here.folder)).place, '--yes'])
    const other = await makePlugin(here.folder, { name: '@other/weather' })
    expect(await here.openclaw(['plugins', 'add', other.place, '--yes'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('plugins remove @acme/openclaw-weather') as string,
    })
    expect(await here.openclaw(['plugins', 'remove', 'bash'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('config set plugins.bash.enabled false') as string,
    })
  })

  it('an unknown short name is looked for among the official ones only', async () => {
    await using registry = await startRegistry()
    await using here = await stage(registry)
    const { code, stderr } = await here.openclaw(['plugins', 'add', 'telegarm'])
    expect(code).toBe(5)
    expect(stderr).toContain('npm:telegarm')
    expect(registry.asked.length).toBeGreaterThan(0)
    for (const path of registry.asked) expect(path).toMatch(/^@openclaw\//)
  })

  it('in a clone links a plugin of the workspace, keeps it beside installed ones, and unlinks it', async () => {
    await using here = await stage()
    const example = join(clone, 'examples', 'openclaw-plugin-example')
    const inClone = (args: readonly string[]) => here.openclaw(args, { program: sources })
    const { code, stdout } = await inClone(['plugins', 'add', example, '--json'])
    expect(code, stdout).toBe(0)
    const { name } = JSON.parse(stdout) as { name: string }
    const place = join(here.home, 'plugins', 'node_modules', name)
    expect(await realpath(place)).toBe(await realpath(example))
    expect((await inClone(['plugins', 'add', (await makePlugin(here.folder)).place, '--yes'])).code).toBe(0)
    expect(await realpath(place)).toBe(await realpath(example))
    expect(Object.keys((await here.tree('package.json')).dependencies).sort()).toEqual(
      ['@acme/openclaw-weather', name].sort(),
    )
    expect((await inClone(['plugins', 'remove', name])).code).toBe(0)
    expect(existsSync(place)).toBe(false)
    expect(existsSync(join(example, 'package.json'))).toBe(true)
    expect(await inClone(['plugins', 'add', 'files'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('comes with openclaw') as string,
    })
  })

  it('tells a running gateway, which plugs it in and out at once', async () => {
    await using here = await stage()
    await using _ = await startGateway(here.home)
    const { place } = await makePlugin(here.folder)
    const added = await here.openclaw(['plugins', 'add', place, '--yes', '--json'])
    expect(JSON.parse(added.stdout)).toMatchObject({
      id: 'weather',
      installed: true,
      state: expect.any(String) as string,
    })
    expect((await here.openclaw(['plugins', 'list'])).stdout).toMatch(/^weather /m)
    await here.openclaw(['plugins', 'remove', 'weather'])
    expect((await here.openclaw(['plugins', 'list'])).stdout).not.toMatch(/^weather /m)
  })
})

describe('S15: a start in a hostile folder', () => {
  it('reads no .env, no .npmrc, no package.json and no node_modules of it', async () => {
    await using registry = await startRegistry()
    await using evil = await startRegistry()
    await using here = await stage(registry)
    await registry.publish(await makePlugin(here.folder))
    const hostile = join(here.folder, 'hostile')
    const mark = join(hostile, 'ran')
    await mkdir(join(hostile, 'node_modules', '.bin'), { recursive: true })
    await mkdir(join(hostile, 'bin'))
    const files = {
      '.env': `OPENCLAW_HOME=${hostile}/home\nHOME=${hostile}\nNODE_OPTIONS=--require ${hostile}/evil.cjs\nnpm_config_registry=${evil.url}\n`,
      '.npmrc': `registry=${evil.url}\n@acme:registry=${evil.url}\nignore-scripts=false\nscript-shell=${hostile}/evil.sh\nnode-options=--require ${hostile}/evil.cjs\nprefix=${hostile}/prefix\n`,
      'evil.cjs': `require('fs').writeFileSync('${mark}', '')`,
      'package.json': '{ "name": "hostile", "type": "commonjs", "scripts": { "preinstall": "touch ran" } }',
      'openclaw.json': '{ "gateway": { "port": 1 } }',
      npm: `#!/bin/sh\ntouch ${mark}\n`,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(hostile, name), text, { mode: 0o755 })
    // As `npx openclaw` in that folder would start us: npm has put the folder's settings into the environment.
    const env = {
      npm_config_registry: evil.url,
      npm_config_ignore_scripts: '',
      npm_config_node_options: `--require ${hostile}/evil.cjs`,
      npm_config_script_shell: `${hostile}/evil.sh`,
      npm_config_local_prefix: hostile,
      npm_command: 'exec',
      PATH: `.:${process.env['PATH']}`,
    }
    expect(
      await here.openclaw(['plugins', 'add', '@acme/openclaw-weather', '--yes'], { cwd: hostile, env }),
    ).toMatchObject({ code: 0 })
    expect((await here.openclaw(['config', 'path', '--json'], { cwd: hostile, env })).stdout).toContain(
      join(here.home, 'openclaw.json'),
    )
    expect((await here.openclaw(['config', 'check'], { cwd: hostile, env })).code).toBe(0)
    expect((await here.openclaw(['agent', '--local', '-m', 'tools'], { cwd: hostile, env })).code).toBe(0)
    expect(evil.asked).toEqual([])
    expect(existsSync(mark)).toBe(false)
    expect(readdirSync(hostile).sort()).toEqual([...Object.keys(files), 'bin', 'node_modules'].sort())
  })
})
