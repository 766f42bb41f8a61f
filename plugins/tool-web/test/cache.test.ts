import { expect, it } from 'vitest'
import { openCache } from '../src/cache.ts'

it('keeps what is young, within its bound, and drops the oldest first', () => {
  let now = 0
  const cache = openCache<string>({ maxAgeMs: 100, maxSize: 10, sizeOf: (text) => text.length, now: () => now })
  cache.set('a', 'aaaa')
  now = 50
  cache.set('b', 'bbbb')
  expect([cache.get('a'), cache.get('b')]).toEqual(['aaaa', 'bbbb'])
  cache.set('c', 'cccc')
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, 'bbbb', 'cccc'])
  cache.set('c', 'cc')
  cache.set('d', 'dddd')
  expect([cache.get('b'), cache.get('c'), cache.get('d')]).toEqual(['bbbb', 'cc', 'dddd'])
  now = 150
  expect(cache.get('b')).toBe('bbbb')
  now = 151
  expect([cache.get('b'), cache.get('c')]).toEqual([undefined, undefined])
  cache.set('huge', 'x'.repeat(11))
  expect(cache.get('huge')).toBeUndefined()
})
