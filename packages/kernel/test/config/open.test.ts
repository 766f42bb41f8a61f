import { mkdir, readFile, stat, symlink, writeFile, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import JSON5 from 'json5'
import { describe, expect, it } from 'vitest'
import Type from 'typebox'
import { Secret } from '@openclaw/protocol'
import { testPlatform } from '@openclaw/testing'
import type { ConfigChange, Configuration } from '../../src/config/configuration.ts'
import { openConfiguration } from '../../src/config/open.ts'
import { keepingLog, temporaryFolder } from '../storage.ts'

async function home(text?: string, watch = false) {
  const folder = await temporaryFolder()
  const file = join(folder.path, 'openclaw.json')
  if (text !== undefined) await writeFile(file, text)
  const platform = testPlatform(folder.path)
  const log = keepingLog()
  const configuration = await openConfiguration({ file, platform, log, watch })
  return {
    folder: folder.path,
    file,
    platform,
    log,
    configuration,
    async [Symbol.asyncDispose]() {
      await configuration[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const nextChange = (configuration: Configuration) =>
  new Promise<ConfigChange>((resolve) => {
    const listening = configuration.onChange((change) => {
      listening[Symbol.dispose]()
      resolve(change)
    })
  })

describe('the configuration', () => {
  it('opens without a file, and with a broken one', async () => {
    await using none = await home()
    expect(none.configuration).toMatchObject({ value: {}, problems: [], file: none.file })
    await using broken = await home('{ gateway: ')
    expect(broken.configuration.value).toEqual({})
    expect(broken.configuration.problems).toHaveLength(1)
    expect(broken.configuration.closed.has('gateway.auth')).toBe(true)
  })

  it('makes the file when the first key is set, for its owner alone and with its schema', async () => {
    await using made = await home()
    expect(await made.configuration.set('logs.level', 'debug')).toEqual({ applied: 'now' })
    const text = await readFile(made.file, 'utf8')
    expect(JSON5.parse(text)).toEqual({ $schema: './schema.json', logs: { level: 'debug' } })
    expect((await stat(made.file)).mode & 0o777).toBe(0o600)
    expect(made.configuration.value.logs?.level).toBe('debug')
  })

  it('changes one key and no other byte', async () => {
    const text =
      "// mine\n{\n  gateway: { port: 1, future: [1, 2,] }, // here\n  /* keep */ logs: { level: 'warn' },\n}\n"
    await using one = await home(text)
    expect(await one.configuration.set('logs.level', 'error')).toEqual({ applied: 'now' })
    expect(await one.configuration.set('gateway.port', 2)).toEqual({ applied: 'restart' })
    expect(await readFile(one.file, 'utf8')).toBe(text.replace("'warn'", '"error"').replace('port: 1', 'port: 2'))
    await one.configuration.set('logs', undefined)
    expect(one.configuration.value.logs).toBeUndefined()
  })

  it('changes several keys at once, all of them or none, and tells once', async () => {
    const text = '{\n  // keep\n  logs: { level: "warn", maxMb: 3 },\n}\n'
    await using one = await home(text)
    const told: ConfigChange[] = []
    one.configuration.onChange((change) => told.push(change))
    const both = (level: string) =>
      one.configuration.edit([{ path: 'logs.level', value: level }, { path: 'logs.maxMb' }])
    await expect(both('loud')).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('nothing was changed') as string,
    })
    expect(await readFile(one.file, 'utf8')).toBe(text)
    await both('error')
    expect(await readFile(one.file, 'utf8')).toBe('{\n  // keep\n  logs: { level: "error" },\n}\n')
    expect(told.map(({ paths }) => paths)).toEqual([['logs.level', 'logs.maxMb']])
  })

  it('refuses a change with conflict when the file is not the one that was seen', async () => {
    await using one = await home('{}')
    const { hash } = one.configuration
    await writeFile(one.file, '{ logs: {} }')
    await expect(one.configuration.set('logs.maxMb', 5, hash)).rejects.toMatchObject({ code: 'conflict' })
    expect(await readFile(one.file, 'utf8')).toBe('{ logs: {} }')
    await one.configuration.reload()
    await one.configuration.set('logs.maxMb', 5, one.configuration.hash)
  })

  it('refuses a change that would be wrong, with all that is wrong, and writes nothing', async () => {
    await using one = await home('{ odd: 1 }')
    const refused = await one.configuration.set('gateway', { port: 'x', bnid: 'lan' }).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'invalid_config',
      problems: [{ path: 'gateway.port' }, { path: 'gateway.bnid', suggestion: 'did you mean bind?' }],
    })
    expect(await readFile(one.file, 'utf8')).toBe('{ odd: 1 }')
    // What was wrong before is not held against a change of something else.
    await one.configuration.set('gateway.port', 5)
  })

  it('refuses references that no person wrote', async () => {
    await using one = await home('{}')
    await expect(
      one.configuration.set('plugins.x.config', { list: [{ key: 'env:AWS_SECRET' }] }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await one.configuration.set('plugins.x.config', { key: 'env:AWS_SECRET' }, undefined, 'person')
  })

  it('loses no change when many come at once', async () => {
    await using one = await home('{ agents: {} }')
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => one.configuration.set(`agents.a${index}.name`, `${index}`)),
    )
    expect(Object.keys(one.configuration.value.agents ?? {})).toHaveLength(20)
  })

  it('writes through a link and leaves it one', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'dotfiles'))
    const real = join(folder.path, 'dotfiles', 'claw.json')
    const file = join(folder.path, 'openclaw.json')
    await writeFile(real, '{}')
    await symlink(real, file)
    await using configuration = await openConfiguration({
      file,
      platform: testPlatform(folder.path),
      log: keepingLog(),
      watch: false,
    })
    await configuration.set('logs.maxMb', 7)
    expect((await lstat(file)).isSymbolicLink()).toBe(true)
    expect(await readFile(real, 'utf8')).toContain('7')
  })
})

describe('a change by hand', () => {
  it('is in force after the next look, and names what changed', async () => {
    await using one = await home('{ logs: { level: "info" }, gateway: { port: 1 } }', true)
    const changed = nextChange(one.configuration)
    await writeFile(one.file, '{ logs: { level: "debug" }, gateway: { port: 22 } }')
    await one.platform.clock.advance(2000)
    expect(await changed).toMatchObject({
      paths: ['logs.level', 'gateway.port'],
      applied: 'restart',
      after: { gateway: { port: 22 } },
    })
  })

  it('that cannot be read leaves the former value in force until it is corrected', async () => {
    await using one = await home('{ channels: { irc: { dm: { policy: "allowlist" } } } }', true)
    const broken = nextChange(one.configuration)
    await writeFile(one.file, '{ channels: { irc: ')
    await one.platform.clock.advance(2000)
    expect((await broken).paths).toEqual([])
    expect(one.configuration.value.channels?.['irc']?.dm?.policy).toBe('allowlist')
    expect(one.configuration.problems).toHaveLength(1)
    const corrected = nextChange(one.configuration)
    await writeFile(one.file, '{ channels: { irc: { dm: { policy: "open" } } } }')
    await one.platform.clock.advance(2000)
    expect((await corrected).after.channels?.['irc']?.dm?.policy).toBe('open')
    expect(one.configuration.problems).toEqual([])
  })

  it('that is wrong where it restricts closes that part and says so', async () => {
    await using one = await home('{ gateway: { auth: { mode: "none" } } }')
    const changed = nextChange(one.configuration)
    await writeFile(one.file, '{ gateway: { auth: { mode: "non" } } }')
    await one.configuration.reload()
    expect((await changed).paths).toContain('gateway.auth')
    expect(one.configuration.value.gateway).toEqual({})
    expect([...one.configuration.closed]).toEqual(['gateway.auth'])
  })

  it('is not told when nothing of it matters', async () => {
    await using one = await home('{ logs: {} }')
    let told = 0
    using _ = one.configuration.onChange(() => void told++)
    await writeFile(one.file, '{\n  // another comment\n  logs: {},\n}')
    await one.configuration.reload()
    expect(told).toBe(0)
  })

  it('survives a listener that throws', async () => {
    await using one = await home('{}')
    using _ = one.configuration.onChange(() => {
      throw new Error('no')
    })
    const changed = nextChange(one.configuration)
    await one.configuration.set('logs.maxMb', 3)
    expect((await changed).paths).toEqual(['logs'])
    expect(one.log.said.join()).toContain('listener failed')
  })
})

describe('the schema of what is installed', () => {
  const plugins = [
    {
      id: 'irc',
      channel: true,
      schema: Type.Object({ nick: Type.String(), password: Type.Optional(Secret()) }, { additionalProperties: false }),
    },
    {
      id: 'openai',
      channel: false,
      schema: Type.Object(
        { baseUrl: Type.Optional(Type.String()), key: Type.Optional(Secret()) },
        { additionalProperties: false },
      ),
    },
  ]

  it('is written beside the file on every plug and unplug, and only when it is another', async () => {
    await using one = await home('{}')
    const schemaFile = join(one.folder, 'schema.json')
    await one.configuration.extend(plugins)
    const schema = JSON.parse(await readFile(schemaFile, 'utf8'))
    expect(schema.properties.plugins.properties.openai.properties.config.properties.key.secret).toBe(true)
    expect(
      schema.properties.channels.properties.irc.properties.accounts.patternProperties['^.*$'].properties.nick.type,
    ).toBe('string')
    const { ino } = await stat(schemaFile)
    await one.configuration.extend(plugins.toReversed())
    expect((await stat(schemaFile)).ino).toBe(ino)
    await one.configuration.extend([])
    expect(await readFile(schemaFile, 'utf8')).not.toContain('openai')
  })

  it('finds what is wrong in their parts, keeps them off, and names what is not installed', async () => {
    await using one = await home(
      '{ channels: { irc: { accounts: { default: { nik: "x" }, work: { nick: "y" } } }, ric: {} }, plugins: { openai: { config: { baseURL: "x" } } } }',
    )
    expect(one.configuration.problems).toEqual([])
    const changed = nextChange(one.configuration)
    await one.configuration.extend(plugins)
    expect((await changed).paths).toEqual(
      expect.arrayContaining(['channels.irc.accounts.default', 'plugins.openai.config']),
    )
    expect(one.configuration.problems.map(({ path, suggestion }) => `${path}: ${suggestion}`)).toEqual([
      'channels.irc.accounts.default.nik: did you mean nick?',
      'channels.irc.accounts.default.nick: add nick: a text',
      'plugins.openai.config.baseURL: did you mean baseUrl?',
      'channels.ric: did you mean irc?',
    ])
    expect(one.configuration.value.channels?.['irc']?.accounts).toEqual({ default: {}, work: { nick: 'y' } })
  })

  it('S14: tells which values are masked', async () => {
    await using one = await home(
      '{ channels: { irc: { accounts: { a: { nick: "n", password: "hunter2" }, b: { nick: "n", password: "env:IRC" } } } }, plugins: { gone: { config: { apiKey: "sk-1", deep: [{ token: "t" }] } } } }',
    )
    await one.configuration.extend(plugins)
    expect(one.configuration.masked()).toEqual({
      channels: { irc: { accounts: { a: { nick: 'n', password: '***' }, b: { nick: 'n', password: 'env:IRC' } } } },
      plugins: { gone: { config: { apiKey: '***', deep: [{ token: '***' }] } } },
    })
  })
})
