import { expect, it } from 'vitest'
import { findCitations } from './proven.ts'
import { requirements } from './requirements.ts'

it('names every requirement once', () => {
  const ids = requirements.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

it('knows every id that a test cites', () => {
  const known = new Set(requirements.map(({ id }) => id))
  const cited = findCitations(`${import.meta.dirname}/..`)
  expect([...cited.keys()].filter((id) => !known.has(id))).toEqual([])
  expect(cited.size).toBeGreaterThan(0)
})
