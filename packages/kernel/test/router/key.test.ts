import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../anyText.ts'
import type { Peer } from '@openclaw/protocol'
import { agentOf, parseKey, sessionKey } from '../../src/router/key.ts'

const words = fc.constantFrom(
  'group',
  'thread',
  'subagent',
  'cron',
  'agent',
  '..',
  '%3A',
  '%',
  ':',
  '::',
  'a:b',
  '\u0000',
  '\n',
  '\u0085',
  '\ud83d',
  '🦞',
  '@ada:example.org',
  '__proto__',
)
const part = fc.oneof(
  words,
  anyText({ minLength: 1 }),
  fc.string({ minLength: 1, unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
)
const peer: fc.Arbitrary<Peer> = fc.record(
  { kind: fc.constantFrom('direct' as const, 'group' as const), id: part, thread: part },
  { requiredKeys: ['kind', 'id'] },
)
const channel = part.filter((name) => name !== 'subagent' && name !== 'cron')
const parts = fc.record({ agent: part, channel, account: part, peer })

describe('session keys', () => {
  it('A27: look as the architecture page writes them', () => {
    expect(sessionKey('main', 'telegram', 'default', { kind: 'direct', id: 'user123' })).toBe(
      'agent:main:telegram:default:user123',
    )
    expect(sessionKey('main', 'telegram', 'default', { kind: 'group', id: '-100', thread: '7' })).toBe(
      'agent:main:telegram:default:group:-100:thread:7',
    )
  })

  it('give back exactly what they were made from', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const key = sessionKey(given.agent, given.channel, given.account, given.peer)
        expect(parseKey(key)).toEqual(given)
        expect(agentOf(key)).toBe(given.agent)
        expect(key.isWellFormed()).toBe(true)
        expect(key).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }),
      { numRuns: 2000 },
    )
  })

  it('are different for different conversations', () => {
    const key = (given: typeof parts extends fc.Arbitrary<infer T> ? T : never) =>
      sessionKey(given.agent, given.channel, given.account, given.peer)
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(key(one)).not.toBe(key(other))
      }),
      { numRuns: 2000 },
    )
  })

  it('do not take a person called "group" or "thread" for one', () => {
    for (const id of ['group', 'thread', 'group:1', 'x:thread:1']) {
      for (const thread of [undefined, 'group', 'thread']) {
        const person = { kind: 'direct' as const, id, ...(thread ? { thread } : {}) }
        expect(parseKey(sessionKey('main', 'irc', 'default', person))?.peer).toEqual(person)
      }
    }
  })

  it('have exactly one spelling', () => {
    expect(parseKey('agent:main:irc:default:a%3Ab')?.peer.id).toBe('a:b')
    for (const other of [
      'agent:main:irc:default:a%3ab',
      'agent:main:irc:default:%61',
      'agent:main:irc:default:%E4',
      'agent:main:irc:default:%',
      'agent:main:irc:default:%u0041',
    ]) {
      expect(parseKey(other)).toBeUndefined()
    }
  })

  it('of another shape have no parts', () => {
    for (const other of [
      '',
      'main',
      'agent:main',
      'agent:main:subagent:1b4e28ba',
      'agent:main:subagent:1:subagent:2',
      'agent:main:cron:daily:run:1',
      'agent:main:irc:default:',
      'agent:main:irc:default:x:y',
      'agent:main:irc:default:x:topic:1',
    ]) {
      expect(parseKey(other)).toBeUndefined()
    }
    expect(agentOf('agent:work:subagent:1b4e28ba')).toBe('work')
    expect(agentOf('main')).toBeUndefined()
  })

  it('refuse empty parts and reserved channels', () => {
    expect(() => sessionKey('main', 'irc', 'default', { kind: 'direct', id: '' })).toThrow(/may be empty/)
    expect(() => sessionKey('main', 'subagent', 'default', { kind: 'direct', id: 'x' })).toThrow(/cannot be a channel/)
  })

  it('carry ids of 10,000 characters', () => {
    const id = '🦞:%'.repeat(2500)
    expect(parseKey(sessionKey('main', 'irc', 'default', { kind: 'group', id }))?.peer.id).toBe(id)
  })
})
