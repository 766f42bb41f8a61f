import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../anyText.ts'
import Type from 'typebox'
import { Secret } from '@openclaw/protocol'
import { testPlatform } from '@openclaw/testing'
import { isReference } from '../../src/config/fits.ts'
import { maskSecrets } from '../../src/config/fields.ts'
import type { JsonSchema } from '../../src/config/json-schema.ts'
import { openMask } from '../../src/config/mask.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import { keepingLog, temporaryFolder } from '../storage.ts'

const schema = Type.Object({
  baseUrl: Type.Optional(Type.String({ default: 'https://one.example' })),
  key: Secret({ boundTo: 'baseUrl' }),
  headers: Type.Optional(Type.Record(Type.String(), Secret())),
  plain: Type.Optional(Type.String()),
})

async function open(env: Record<string, string> = {}) {
  const folder = await temporaryFolder()
  const log = keepingLog()
  const platform = { ...testPlatform(folder.path), env }
  const credentials = join(folder.path, 'credentials')
  return {
    secrets: openSecrets({ folder: credentials, platform, log }),
    folder: folder.path,
    credentials,
    log,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

describe('secrets', () => {
  it('come from the environment or a file where a secret field refers to them, and nowhere else', async () => {
    await using one = await open({ KEY: 'from-env' })
    const file = join(one.folder, 'key')
    await writeFile(file, 'from-file\n')
    const { value, problems } = await one.secrets.fill('plugin:x', schema, {
      key: 'env:KEY',
      headers: { a: `file:${file}` },
      plain: 'env:KEY',
    })
    expect(problems).toEqual([])
    expect(value).toEqual({ key: 'from-env', headers: { a: 'from-file' }, plain: 'env:KEY' })
  })

  it('may stand in a list, each for itself, and are masked there', async () => {
    await using one = await open({ FIRST: 'the-first', SECOND: 'the-second' })
    const pool = Type.Object({ keys: Type.Array(Secret({})), plain: Type.Array(Type.String()) })
    const given = { keys: ['env:FIRST', 'env:SECOND', 'written down'], plain: ['env:FIRST'] }
    expect(await one.secrets.fill('plugin:x', pool, given)).toEqual({
      value: { keys: ['the-first', 'the-second', 'written down'], plain: ['env:FIRST'] },
      problems: [],
    })
    expect(one.secrets.mask('the-second')).toBe('***')
    expect(maskSecrets(pool as JsonSchema, given, isReference)).toEqual({
      keys: ['env:FIRST', 'env:SECOND', '***'],
      plain: ['env:FIRST'],
    })
    const { problems } = await one.secrets.fill('plugin:x', pool, { keys: ['env:NONE'], plain: [] })
    expect(problems.map(({ path }) => path)).toEqual(['keys.0'])
  })

  it('that cannot be found are problems that say what to do, and never hold a value', async () => {
    await using one = await open({ EMPTY: '' })
    const { value, problems } = await one.secrets.fill('plugin:x', schema, {
      key: 'env:NOPE',
      headers: { a: 'file:relative', b: 'file:/no/such/file', c: 'env:EMPTY' },
    })
    expect(value).toEqual({ headers: {} })
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'key: the environment variable NOPE is not set',
      'headers.a: relative is not the whole path of a file',
      'headers.b: the file /no/such/file is not there',
      'headers.c: the environment variable EMPTY is not set',
    ])
    expect((await one.secrets.fill('plugin:x', schema, {})).problems).toMatchObject([
      { path: 'key', message: 'is missing' },
    ])
  })

  it('are stored for their owner alone, outlive a restart, and can be forgotten', async () => {
    await using one = await open()
    await one.secrets.store('plugin:openai', schema, { key: 'sk-stored' }, {})
    const [name = ''] = await readdir(one.credentials)
    expect((await stat(join(one.credentials, name))).mode & 0o777).toBe(0o600)
    const again = openSecrets({ folder: one.credentials, platform: testPlatform(one.folder), log: one.log })
    expect((await again.fill('plugin:openai', schema, {})).value).toEqual({ key: 'sk-stored' })
    expect((await again.fill('plugin:other', schema, {})).problems).toHaveLength(1)
    await again.forget('plugin:openai')
    expect(await readdir(one.credentials)).toEqual([])
  })

  it('belong to the address they were stored for: another one drops them', async () => {
    await using one = await open()
    await one.secrets.store('plugin:x', schema, { key: 'sk-stored' }, {})
    expect((await one.secrets.fill('plugin:x', schema, { baseUrl: 'https://one.example' })).value).toMatchObject({
      key: 'sk-stored',
    })
    const moved = await one.secrets.fill('plugin:x', schema, { baseUrl: 'https://evil.example' })
    expect(moved.value).toEqual({ baseUrl: 'https://evil.example' })
    expect(moved.problems).toMatchObject([{ path: 'key', suggestion: 'store it again' }])
    // Going back does not bring it back.
    expect((await one.secrets.fill('plugin:x', schema, {})).problems).toHaveLength(1)
    expect(await readdir(one.credentials)).toEqual([])
  })

  it('are known by their names as long as they count, and forgotten one by one', async () => {
    await using one = await open()
    await one.secrets.store('plugin:x', schema, { key: 'sk-stored' }, {})
    expect(await one.secrets.stored('plugin:x', schema, {})).toEqual(['key'])
    // Asking drops nothing, other than filling.
    expect(await one.secrets.stored('plugin:x', schema, { baseUrl: 'https://evil.example' })).toEqual([])
    expect(await one.secrets.stored('plugin:x', schema, {})).toEqual(['key'])
    await one.secrets.store('plugin:x', schema, { key: undefined }, {})
    expect(await one.secrets.stored('plugin:x', schema, {})).toEqual([])
    expect(await readdir(one.credentials)).toEqual([])
  })

  it('of a field that is none are refused', async () => {
    await using one = await open()
    await expect(one.secrets.store('plugin:x', schema, { plain: 'x' }, {})).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('there are key'),
    })
  })

  it('in a file that somebody broke are an error that names the file, not a new key', async () => {
    await using one = await open()
    await one.secrets.store('plugin:x', schema, { key: 'sk-stored' }, {})
    const [name = ''] = await readdir(one.credentials)
    await writeFile(join(one.credentials, name), '{')
    await expect(one.secrets.fill('plugin:x', schema, {})).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining(name),
    })
    expect(await readFile(join(one.credentials, name), 'utf8')).toBe('{')
  })
})

describe('S14: masking', () => {
  it('knows every secret that was filled, stored or sounds like one in the environment', async () => {
    await using one = await open({
      KEY: 'from-environment',
      OPENAI_API_KEY: 'sk-never-referred',
      HOME: '/home/ada-lovelace',
      SHORT_TOKEN: 'ab',
    })
    await one.secrets.fill('plugin:x', schema, { key: 'env:KEY', headers: { a: 'literal-secret' } })
    await one.secrets.store('plugin:y', schema, { key: 'stored-secret' }, {})
    const text = 'from-environment sk-never-referred literal-secret stored-secret /home/ada-lovelace ab'
    expect(one.secrets.mask(text)).toBe('*** *** *** *** /home/ada-lovelace ab')
  })

  it('finds 200 canaries in every form in which they travel', () => {
    const { know, mask } = openMask()
    const canaries = Array.from({ length: 200 }, (_, index) => `c@nary/${index}+"ü"~${(index * 7919).toString(36)}`)
    canaries.forEach(know)
    for (const canary of canaries) {
      const forms = [
        canary,
        `Bearer ${canary}`,
        JSON.stringify({ key: canary }),
        `https://x.example/?key=${encodeURIComponent(canary)}`,
        Buffer.from(canary).toString('hex'),
        ...['', 'u', 'us', 'user:'].map((before) => `Basic ${Buffer.from(`${before}${canary}`).toString('base64')}`),
        ...['', 'u', 'us'].map((before) => Buffer.from(`${before}${canary} and more`).toString('base64url')),
      ]
      for (const form of forms) {
        const masked = mask(form)
        expect(masked).toContain('***')
        for (const text of [
          masked,
          Buffer.from(masked.replaceAll('***', ''), 'base64').toString(),
          decodeURIComponent(masked),
        ])
          expect(text).not.toContain(canary.slice(2, -2))
      }
    }
  })

  it('leaves everything else as it is', () => {
    const { know, mask } = openMask()
    know('a-long-secret')
    fc.assert(
      fc.property(anyText(), (text) => {
        fc.pre(!text.includes('a-long-secret'))
        expect(mask(text)).toBe(text)
      }),
    )
  })

  it('is bounded, and forgets the oldest first', () => {
    const { know, mask } = openMask()
    for (let index = 0; index < 2001; index++) know(`secret-number-${index}-`)
    expect(mask('secret-number-0-')).toBe('secret-number-0-')
    expect(mask('secret-number-2000-')).toBe('***')
  })
})
