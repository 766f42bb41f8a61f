import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BindingConfig } from '@openclaw/protocol'
import { readConfig } from '../../src/config/read.ts'
import { composeSchema } from '../../src/config/schema.ts'
import { agentOf, parseKey, sessionKey } from '../../src/router/key.ts'
import { makeRouter, type Facts } from '../../src/router/router.ts'
import { anyText } from '../anyText.ts'

const id = fc.oneof(fc.constantFrom('a', 'b', '*', '__proto__', 'constructor'), anyText({ minLength: 1, maxLength: 6 }))
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    channel: fc.constantFrom('chat', 'mail', '__proto__'),
    account: fc.oneof(fc.constant('default'), id),
    peer: fc.record(
      { kind: fc.constantFrom('direct' as const, 'group' as const), id, thread: id },
      { requiredKeys: ['kind', 'id'] },
    ),
    parent: id,
    guild: id,
    team: id,
    roles: fc.array(id, { maxLength: 3 }),
  },
  { requiredKeys: ['channel', 'account', 'peer'] },
)
const match = fc.record(
  {
    channel: fc.constantFrom('chat', 'mail', '__proto__'),
    account: fc.constantFrom('default', '*', 'a'),
    peer: fc.record({ kind: fc.constantFrom('direct' as const, 'group' as const), id }, { requiredKeys: ['id'] }),
    guild: id,
    team: id,
    roles: fc.array(id, { maxLength: 2 }),
  },
  { requiredKeys: ['channel'] },
)
const bindings: fc.Arbitrary<BindingConfig[]> = fc.array(
  fc.record({ agent: fc.constantFrom('main', 'work', 'home'), match }),
  { maxLength: 8 },
)
const agents = { main: {}, work: {}, home: {} }

test('whatever the bindings, everybody is routed to one session that names them, and told why', () => {
  fc.assert(
    fc.property(bindings, facts, (some, who) => {
      const { route, explain } = makeRouter({ agents, bindings: some })
      const found = route(who)
      expect(Object.keys(agents)).toContain(found.agent)
      expect(parseKey(found.session)).toEqual({
        agent: found.agent,
        channel: who.channel,
        account: who.account,
        peer: who.peer,
      })
      expect(explain(who)).toMatchObject({ agent: found.agent, session: found.session })
    }),
    { numRuns: 2000 },
  )
})

test('R4: two who differ in anything never share a session', () => {
  fc.assert(
    fc.property(facts, facts, (one, other) => {
      const { route } = makeRouter({ agents })
      const of = ({ channel, account, peer: { kind, id, thread } }: Facts) => [channel, account, kind, id, thread]
      const same = JSON.stringify(of(one)) === JSON.stringify(of(other))
      expect(route(one).session === route(other).session).toBe(same)
    }),
    { numRuns: 2000 },
  )
})

test('any text is a key or is not, without a throw; one that is reads back to itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText({ maxLength: 60 }),
        fc.array(id, { maxLength: 9 }).map((parts) => ['agent', ...parts].join(':')),
      ),
      (text) => {
        const parts = parseKey(text)
        agentOf(text)
        if (!parts) return
        const again = sessionKey(parts.agent, parts.channel, parts.account, parts.peer)
        expect(parseKey(again)).toEqual(parts)
      },
    ),
    { numRuns: 5000 },
  )
})

test('bindings of any shape are read, or reported and left out; none makes the router throw', () => {
  const schema = composeSchema([])
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.jsonValue()), facts, (some, who) => {
      const { value, problems } = readConfig(JSON.stringify({ agents, bindings: some }), schema, [])
      if (!Array.isArray(some)) expect(problems.length).toBeGreaterThan(0)
      expect(Object.keys(agents)).toContain(makeRouter(value).route(who).agent)
    }),
    { numRuns: 1000 },
  )
})
