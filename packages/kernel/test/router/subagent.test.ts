import { expect, it } from 'vitest'
import { agentOf, parseKey, sessionKey } from '../../src/router/key.ts'
import { isBelow, subagentKey } from '../../src/router/subagent.ts'

const peer = (id: string) => sessionKey('main', 'chat', 'default', { kind: 'direct', id })
const ada = peer('ada')
const child = subagentKey(ada, 'run1 call1')
const grandchild = subagentKey(child, 'run2 call1')
const others = subagentKey(ada, 'run1 call1', 'work')
const mixed = subagentKey(others, 'run2 call1', 'main')

it('names a sub-agent by its agent and a UUID, and one below it by another', () => {
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}'
  expect(child).toMatch(new RegExp(`^agent:main:subagent:${uuid}$`))
  expect(grandchild).toMatch(new RegExp(`^${child}:subagent:${uuid}$`))
  expect([child, grandchild, others, mixed].map(agentOf)).toEqual(['main', 'main', 'work', 'main'])
  expect([child, grandchild, others, mixed].map(parseKey)).toEqual([undefined, undefined, undefined, undefined])
  expect(others.split(':').at(-1)).not.toBe(child.split(':').at(-1))
})

it('gives the same task the same name, and every other one another', () => {
  expect(subagentKey(ada, 'run1 call1')).toBe(child)
  const names = [ada, peer('eve'), child].flatMap((parent) => ['1', '2', '3'].map((seed) => subagentKey(parent, seed)))
  expect(new Set(names).size).toBe(names.length)
})

it.each([
  ['a sub-agent', child, ada, true],
  ['a sub-agent of a sub-agent', grandchild, ada, true],
  ['a sub-agent of that sub-agent', grandchild, child, true],
  ['the session itself', ada, ada, false],
  ['the sub-agent itself', child, child, false],
  ['the parent', ada, child, false],
  ['a sub-agent of another session', child, peer('eve'), false],
  ['a sub-agent of a session of another agent', subagentKey(ada.replace('main', 'work'), '1'), ada, false],
  ['a sub-agent of another agent', others, ada, true],
  ['a sub-agent of a sub-agent of another agent', mixed, ada, true],
  ['a sub-agent of that one', mixed, others, true],
  ['a sub-agent of another agent below another session', others, peer('eve'), false],
  ['a sub-agent of another agent below a sub-agent', others, child, false],
  ['a sub-agent of another sub-agent', subagentKey(subagentKey(ada, '2'), '1'), child, false],
  ['a person whose id looks like one', peer(child), ada, false],
  ['a person whose id holds the mark', peer('x:subagent:y'), ada, false],
])('R4: %s is below it or not', (_, session, above, below) => {
  expect(isBelow(session, above)).toBe(below)
})
