import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testPlatform } from '@openclaw/testing'
import { decodeName, encodeName, openStore } from '../../src/host/index.ts'
import { temporaryFolder } from './places.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe("a plugin's store", () => {
  it('gives back what was put in, also to the next process, in files of its own', async () => {
    await using folder = await temporaryFolder()
    const { files } = testPlatform(folder.path)
    const place = join(folder.path, 'state', 'x')
    const store = openStore(files, place)
    expect(await store.get('cursor')).toBeUndefined()
    expect(await store.list()).toEqual([])
    await store.set('cursor', bytes('1'))
    await store.set('cursor', bytes('2'))
    await store.set('peer/../..', bytes('x'))
    expect(await openStore(files, place).get('cursor')).toEqual(Buffer.from('2'))
    expect(await store.list()).toEqual(['cursor', 'peer/../..'])
    expect(await store.list('peer')).toEqual(['peer/../..'])
    await store.delete('cursor')
    await store.delete('cursor')
    expect(await store.list()).toEqual(['peer/../..'])
    expect(await readdir(folder.path)).toEqual(['state'])
    for (const name of await readdir(place)) expect((await stat(join(place, name))).mode & 0o777).toBe(0o600)
  })

  it('S8: has a name for any key that leads nowhere else, and tells apart what some disks do not', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ minLength: 1, maxLength: 20 }),
          fc.constantFrom('.', '..', '/', 'CON', 'a\u0000', 'A', '🦞', '%2e'),
        ),
        (key) => {
          fc.pre(key.isWellFormed())
          const name = encodeName(key)
          expect(name).toMatch(/^[a-z0-9_%-]+$/)
          expect(decodeName(name)).toBe(key)
        },
      ),
    )
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ minLength: 1, maxLength: 20 }),
        (one, other) => one === other || encodeName(one) !== encodeName(other),
      ),
    )
  })

  it('refuses keys that are no names, and says what to do', () => {
    expect(() => encodeName('')).toThrow(/empty/)
    expect(() => encodeName('x'.repeat(10_000))).toThrow(/too long; use a digest/)
    expect(decodeName('openclaw.json.123-1.new')).toBeUndefined()
  })
})
