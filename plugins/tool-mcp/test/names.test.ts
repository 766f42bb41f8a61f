import { expect, it } from 'vitest'
import { toolName } from '../src/names.ts'

const none = () => false

it.each([
  ['github', 'search_code', 'github_search_code'],
  ['github', 'searchCode', 'github_search_code'],
  ['github', 'search-code.v2', 'github_search_code_v2'],
  ['s', 'Get URL', 's_get_url'],
])('%s, %s: %s', (server, tool, name) => {
  expect(toolName(server, tool, none)).toBe(name)
})

it('is always a name that may be used, the same every time, and never that of another', () => {
  for (const tool of ['x'.repeat(200), '漢字', '', '__', '🙂'.repeat(50)]) {
    const name = toolName('server', tool, none)
    expect(name, tool).toMatch(/^[a-z][a-z0-9_]{0,63}$/)
    expect(toolName('server', tool, none)).toBe(name)
  }
  const taken = new Set<string>()
  for (const tool of ['a-b', 'a_b', 'a.b', 'A B']) taken.add(toolName('s', tool, (name) => taken.has(name)))
  expect(taken.size).toBe(4)
})
