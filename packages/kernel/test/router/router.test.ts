import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BindingConfig, Config } from '@openclaw/protocol'
import { makeRouter, type Facts } from '../../src/router/router.ts'

const agents = { main: {}, a: {}, b: {}, c: {} }
const direct = (facts: Partial<Facts> = {}): Facts => ({
  channel: 'irc',
  account: 'default',
  peer: { kind: 'direct', id: 'ada' },
  ...facts,
})
const route = (bindings: BindingConfig[], facts: Facts, config: Config = {}) =>
  makeRouter({ agents, bindings, ...config }).route(facts)

describe('routes', () => {
  it('A36 A47: go to main when nothing is configured', () => {
    expect(makeRouter({}).route(direct())).toEqual({
      agent: 'main',
      session: 'agent:main:irc:default:ada',
      tier: 'default',
    })
  })

  it('go to the agent marked default', () => {
    expect(makeRouter({ agents: { a: {}, b: { default: true }, c: { default: true } } }).route(direct()).agent).toBe(
      'b',
    )
  })

  it('A44 A45 A46: prefer the more specific tier over config order', () => {
    const facts = direct({
      peer: { kind: 'group', id: 'thread1' },
      parent: 'room',
      guild: 'g',
      team: 't',
      roles: ['r2'],
    })
    const all: [string, BindingConfig['match']][] = [
      ['channel', { channel: 'irc', account: '*' }],
      ['account', { channel: 'irc' }],
      ['team', { channel: 'irc', team: 't' }],
      ['guild', { channel: 'irc', guild: 'g' }],
      ['guild+roles', { channel: 'irc', guild: 'g', roles: ['r1', 'r2'] }],
      ['parent', { channel: 'irc', peer: { id: 'room' } }],
      ['peer', { channel: 'irc', peer: { kind: 'group', id: 'thread1' } }],
    ]
    for (let count = 1; count <= all.length; count++) {
      const bindings = all.slice(0, count).map(([, match]) => ({ agent: 'a', match }))
      expect(route(bindings, facts)).toMatchObject({ tier: all[count - 1]?.[0], binding: count - 1 })
    }
  })

  it('take the first in config order within a tier', () => {
    expect(
      route(
        [
          { agent: 'a', match: { channel: 'irc', account: '*', peer: { id: 'ada' } } },
          { agent: 'b', match: { channel: 'irc', peer: { kind: 'direct', id: 'ada' } } },
        ],
        direct(),
      ),
    ).toMatchObject({ agent: 'a', binding: 0 })
  })

  it('need every field of a binding to fit', () => {
    const match = { channel: 'irc', peer: { id: 'ada' }, guild: 'g' }
    expect(route([{ agent: 'a', match }], direct()).tier).toBe('default')
    expect(route([{ agent: 'a', match }], direct({ guild: 'other' })).tier).toBe('default')
    expect(route([{ agent: 'a', match }], direct({ guild: 'g' })).tier).toBe('peer')
  })

  it('take a binding without account for the default account only', () => {
    expect(route([{ agent: 'a', match: { channel: 'irc' } }], direct({ account: 'work' })).agent).toBe('main')
    expect(route([{ agent: 'a', match: { channel: 'irc', account: '*' } }], direct({ account: 'work' })).agent).toBe(
      'a',
    )
  })

  it('never match roles outside a guild', () => {
    expect(route([{ agent: 'a', match: { channel: 'irc', roles: ['r'] } }], direct({ roles: ['r'] })).tier).toBe(
      'default',
    )
  })

  it('give the default agent where a binding names one that is not configured', () => {
    const router = makeRouter({ agents, bindings: [{ agent: 'ghost', match: { channel: 'irc' } }] })
    expect(router.route(direct())).toMatchObject({ agent: 'main', binding: 0 })
    expect(router.explain(direct()).steps.join('\n')).toContain('ghost is not configured')
  })

  it('say why', () => {
    const steps = makeRouter({ agents, bindings: [{ agent: 'a', match: { channel: 'irc' } }] }).explain(direct()).steps
    expect(steps[0]).toBe('peer: no binding for direct ada')
    expect(steps.at(-1)).toBe('account: bindings.0 fits account irc/default and names a')
  })
})

describe('compiled bindings', () => {
  const id = fc.constantFrom('x', 'y')
  const match: fc.Arbitrary<BindingConfig['match']> = fc.record(
    {
      channel: fc.constantFrom('irc', 'sms'),
      account: fc.constantFrom('default', 'work', '*'),
      peer: fc.record({ kind: fc.constantFrom('direct' as const, 'group' as const), id }, { requiredKeys: ['id'] }),
      guild: id,
      team: id,
      roles: fc.array(id, { maxLength: 2 }),
    },
    { requiredKeys: ['channel'] },
  )
  const facts: fc.Arbitrary<Facts> = fc.record(
    {
      channel: fc.constantFrom('irc', 'sms'),
      account: fc.constantFrom('default', 'work'),
      peer: fc.record({ kind: fc.constantFrom('direct' as const, 'group' as const), id }),
      parent: id,
      guild: id,
      team: id,
      roles: fc.array(id),
    },
    { requiredKeys: ['channel', 'account', 'peer'] },
  )

  /** The rule, word by word: try every binding in every tier. */
  function slowly(bindings: readonly BindingConfig[], asked: Facts): { tier: string; binding?: number } {
    const fits = (m: BindingConfig['match'], peer: string | undefined) =>
      m.channel === asked.channel &&
      (m.account === '*' || (m.account ?? 'default') === asked.account) &&
      (!m.peer || (m.peer.id === peer && (!m.peer.kind || m.peer.kind === asked.peer.kind))) &&
      (m.guild === undefined || m.guild === asked.guild) &&
      (m.team === undefined || m.team === asked.team) &&
      (!m.roles || (m.guild !== undefined && m.roles.some((role) => asked.roles?.includes(role))))
    const rules: [string, (m: BindingConfig['match']) => boolean][] = [
      ['peer', (m) => !!m.peer && fits(m, asked.peer.id)],
      ['parent', (m) => !!m.peer && fits(m, asked.parent)],
      ['guild+roles', (m) => !m.peer && m.guild !== undefined && !!m.roles && fits(m, undefined)],
      ['guild', (m) => !m.peer && m.guild !== undefined && !m.roles && fits(m, undefined)],
      ['team', (m) => !m.peer && m.guild === undefined && m.team !== undefined && fits(m, undefined)],
      [
        'account',
        (m) => !m.peer && m.guild === undefined && m.team === undefined && m.account !== '*' && fits(m, undefined),
      ],
      [
        'channel',
        (m) => !m.peer && m.guild === undefined && m.team === undefined && m.account === '*' && fits(m, undefined),
      ],
    ]
    for (const [tier, rule] of rules) {
      const binding = bindings.findIndex((one) => rule(one.match))
      if (binding >= 0) return { tier, binding }
    }
    return { tier: 'default' }
  }

  it('decide as trying every binding does', () => {
    fc.assert(
      fc.property(fc.array(match, { maxLength: 12 }), facts, (matches, asked) => {
        const bindings = matches.map((one) => ({ agent: 'a', match: one }))
        const { tier, binding } = makeRouter({ agents, bindings }).route(asked)
        expect({ tier, ...(binding === undefined ? {} : { binding }) }).toEqual(slowly(bindings, asked))
      }),
      { numRuns: 3000 },
    )
  })

  it('cost the same with one binding and with 100,000', () => {
    const many = (count: number) =>
      makeRouter({
        agents,
        bindings: Array.from({ length: count }, (_, index) => ({
          agent: 'a',
          match: { channel: 'irc', peer: { id: `p${index}` } },
        })),
      })
    const timeOf = (router: ReturnType<typeof many>) => {
      const start = performance.now()
      for (let round = 0; round < 20_000; round++) router.route(direct())
      return performance.now() - start
    }
    const [one, all] = [many(1), many(100_000)]
    timeOf(one)
    timeOf(all)
    const best = (router: typeof one) => Math.min(...[1, 2, 3].map(() => timeOf(router)))
    // Trying each binding would be thousands of times slower; ten leaves room for a busy machine.
    expect(best(all)).toBeLessThan(best(one) * 10)
  })
})
