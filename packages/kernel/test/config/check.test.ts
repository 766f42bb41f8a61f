import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import Type, { type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { Config, Secret } from '@openclaw/protocol'
import { checkDocument } from '../../src/config/check.ts'
import { fits } from '../../src/config/fits.ts'
import type { JsonSchema } from '../../src/config/json-schema.ts'
import { changedPaths, readConfig } from '../../src/config/read.ts'
import { composeSchema } from '../../src/config/schema.ts'

const schema = composeSchema([])
const check = (document: unknown) => checkDocument(schema, document)
const read = (text: string) => readConfig(text, schema, undefined)

describe('the check', () => {
  it('finds a key that stands twice in plain JSON, and none where texts and names only look like one', () => {
    const twice = read('{ "agents": { "main": { "name": "a" }, "main": { "name": "b" } } }')
    expect(twice.problems.map(({ path }) => path)).toEqual(['agents.main'])
    const once = read(
      String.raw`{ "agents": { "main": { "name": "\"main\": \"b\":" } }, "bindings": [{ "agent": "main" , "match" : { "channel": "irc" } }] }`,
    )
    expect(once.problems).toEqual([])
  })

  it('finds the errors in all ten places, each with its path and what to write instead', () => {
    const { problems } = read(`{
      gatway: {},                                    // 1 an unknown key
      gateway: {
        port: '18789',                               // 2 a text for a number
        bind: 'lann',                                // 3 a slip in a choice
        auth: { mode: 'tokn' },                      // 4 the same where it restricts
      },
      agents: { work: { thinking: 'hihg', limits: { modelCalls: 1.5 } }, 'My Agent': {} }, // 5, 6, 7
      bindings: [{ agent: 'wrok', match: { channel: 'irc' } }, { match: { chanel: 'irc' } }], // 8, 9
      channels: { irc: { dmPolicy: 'open', dm: { allow: [4711] } } }, // 10, 11
      logs: 5, logs: { maxMb: 0 },                   // 12, 13
    }`)
    const found = Object.fromEntries(
      problems.map(({ path, message, suggestion }) => [path, `${message} | ${suggestion}`]),
    )
    expect(found).toMatchObject({
      gatway: expect.stringContaining('did you mean gateway?'),
      'gateway.port': expect.stringContaining('write 18789 without quotes'),
      'gateway.bind': expect.stringContaining('did you mean "lan"?'),
      'gateway.auth.mode': expect.stringContaining('did you mean "token"?'),
      'agents.work.thinking': expect.stringContaining('did you mean "high"?'),
      'agents.work.limits.modelCalls': expect.stringContaining('a whole number'),
      'agents["My Agent"]': expect.stringContaining('cannot be used'),
      'bindings.0.agent': expect.stringContaining('did you mean work?'),
      'bindings.1.agent': expect.stringContaining('is missing | add agent: a text'),
      'bindings.1.match.chanel': expect.stringContaining('did you mean channel?'),
      'bindings.1.match.channel': expect.stringContaining('is missing'),
      'channels.irc.dmPolicy': expect.stringContaining('did you mean dm.policy?'),
      'channels.irc.dm.allow.0': expect.stringContaining('write "4711", in quotes'),
      logs: expect.stringContaining('more than once'),
      'logs.maxMb': expect.stringContaining('at least 1'),
    })
  })

  it('leaves out what is wrong and keeps what is right', () => {
    const { value } = check({
      gateway: { port: 'x', bind: 'lan' },
      agents: { a: { model: 5, name: 'A' } },
      media: { maxMb: -1, maxAgeDays: 3 },
    })
    expect(value).toEqual({ gateway: { bind: 'lan' }, agents: { a: { name: 'A' } }, media: { maxAgeDays: 3 } })
  })

  it('keeps unknown keys', () => {
    const document = { future: { deep: [1] }, gateway: { 'x-note': 'mine' } }
    const { value, problems } = check(document)
    expect(value).toEqual(document)
    expect(problems.map(({ path }) => path)).toEqual(['future', 'gateway.x-note'])
  })

  it('closes what restricts when anything in it is wrong, an unknown key too', () => {
    const { value, closed } = check({
      gateway: { port: 1, auth: { mode: 'token', rateLimit: { attempts: 'many' } } },
      channels: {
        irc: { enabled: 'no', dm: { policy: 'open', polcy: 'allowlist' }, groups: { policy: 'open', allow: 'x' } },
        sms: { dm: { policy: 'open' } },
      },
      tools: { deny: 'bash' },
      agents: { a: { tools: { allow: ['read'], dney: ['bash'] } } },
      limits: { perDay: { tokens: '5' } },
      bindings: [{ agent: 'a', match: { channel: 'irc', peer: { kind: 'person', id: 'x' } } }],
      plugins: { x: { isolation: 'proces' } },
    })
    expect([...closed].toSorted()).toEqual([
      'agents.a.tools',
      'bindings.0',
      'channels.irc.dm',
      'channels.irc.enabled',
      'channels.irc.groups',
      'gateway.auth',
      'limits',
      'plugins.x.isolation',
      'tools',
    ])
    expect(value).toEqual({
      gateway: { port: 1 },
      channels: {
        irc: { enabled: false, dm: { policy: 'disabled' }, groups: { policy: 'disabled' } },
        sms: { dm: { policy: 'open' } },
      },
      tools: { deny: ['*'] },
      limits: { perDay: { tokens: 0 } },
      agents: { a: { tools: { deny: ['*'] } } },
      bindings: [{ agent: 'main', match: { channel: '' } }],
      plugins: { x: { isolation: 'process' } },
    })
  })

  it('closes everything that restricts when the file cannot be read, and says where', () => {
    const reading = read('{\n  gateway: {\n    port: 1\n    bind: 2 } }')
    expect(reading.problems[0]).toMatchObject({ path: '', message: expect.stringMatching(/line 4, column 5/) })
    expect([...reading.closed]).toEqual(expect.arrayContaining(['gateway.auth', 'gateway.tls', 'tools', 'limits']))
    expect(read('[]').problems[0]?.message).toContain('no section')
  })

  it('does not repeat a secret in its message', () => {
    const own = Type.Object({ key: Secret(), other: Type.Number() }) as unknown as JsonSchema
    const { problems } = checkDocument(own, {
      key: 4711081512,
      other: 'a text that is much longer than forty characters, a secret',
    })
    expect(JSON.stringify(problems)).not.toMatch(/4711081512|longer than forty/)
  })

  it('warns of a secret in the file, takes references, and lets a required one be stored elsewhere', () => {
    const own = Type.Object({ key: Secret() }) as unknown as JsonSchema
    expect(checkDocument(own, { key: 'sk-123' })).toMatchObject({
      value: { key: 'sk-123' },
      problems: [{ path: 'key' }],
    })
    expect(checkDocument(own, { key: 'env:KEY' }).problems).toEqual([])
    expect(checkDocument(own, {})).toMatchObject({ value: {}, problems: [] })
  })

  it('names what does not go together', () => {
    const paths = (text: string) => read(text).problems.map(({ path }) => path)
    expect(paths('{ gateway: { bind: "custom" } }')).toEqual(['gateway.host'])
    expect(paths('{ gateway: { bind: "lan", auth: { mode: "none" } } }')).toEqual(['gateway.auth.mode'])
    expect(paths('{ agents: { a: { default: true }, b: { default: true } } }')).toEqual(['agents.b.default'])
    expect(paths('{ bindings: [{ agent: "main", match: { channel: "irc", roles: ["r"] } }] }')).toEqual([
      'bindings.0.match.roles',
    ])
    expect(paths('{ channels: { irc: { dm: { policy: "allowlist", allow: ["*"] } } } }')).toEqual([
      'channels.irc.dm.allow',
    ])
  })

  it('takes a configuration that uses everything', () => {
    const { problems } = check({
      $schema: './schema.json',
      gateway: {
        port: 0,
        bind: 'loopback',
        auth: { mode: 'token', rateLimit: { attempts: 3 } },
        origins: ['https://claw.example.org'],
        tls: { cert: 'a', key: 'b' },
      },
      agents: {
        main: {
          model: 'openai/x',
          thinking: 'high',
          queue: 'steer',
          limits: { wallMs: 1000 },
          tools: { allow: ['*'], deny: ['bash'] },
        },
      },
      bindings: [{ agent: 'main', match: { channel: 'irc', account: '*', peer: { kind: 'group', id: '1' } } }],
      channels: {
        irc: {
          enabled: true,
          dm: { policy: 'allowlist', allow: ['1'] },
          groups: { policy: 'open', mention: false },
          accounts: { default: { nick: 'claw' } },
        },
      },
      plugins: { openai: { enabled: true, isolation: 'none', config: { baseUrl: 'http://localhost' } } },
      limits: { perDay: { costUsd: 5 } },
      logs: { level: 'debug' },
    })
    expect(problems).toEqual([])
  })

  it('survives any document', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('gateway', 'agents', 'channels', 'bindings', '__proto__'),
        (value, key) => {
          const { value: usable } = check({ [key]: value })
          // What the check lets through must pass it.
          expect(checkDocument(schema, usable).closed.size).toBe(0)
        },
      ),
    )
  })
})

describe('whether a value fits', () => {
  const leaf = fc.constantFrom<TSchema>(
    Type.String(),
    Type.String({ minLength: 2, maxLength: 3 }),
    Type.String({ pattern: '^a' }),
    Type.Integer({ minimum: 0, maximum: 3 }),
    Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 2 }),
    Type.Boolean(),
    Type.Null(),
    Type.Literal('a'),
    Type.Enum(['a', 'b']),
    Type.Unknown(),
  )
  const schemas = fc.letrec<{ any: TSchema }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .record({ a: tie('any'), b: tie('any') })
        .map(({ a, b }) => Type.Object({ a, b: Type.Optional(b) }, { additionalProperties: false })),
      tie('any').map((inner) => Type.Record(Type.String(), inner)),
      tie('any').map((inner) => Type.Array(inner, { minItems: 1, maxItems: 3, uniqueItems: true })),
      fc.tuple(tie('any'), tie('any')).map(([one, other]) => Type.Union([one, other])),
    ),
  })).any
  const values = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<unknown>('', 'a', 'ab', 'abcd', 'b', '🦞🦞', 0, 1, 1.5, 3, -1, 4, Infinity, true, false, null),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.record({ a: tie('any'), b: tie('any'), c: tie('any') }, { requiredKeys: [] }),
    ),
  })).any

  it('is what typebox says', () => {
    let right = 0
    fc.assert(
      fc.property(schemas, values, (rule, value) => {
        const expected = Check(rule, value)
        if (expected) right++
        expect(fits(rule as unknown as JsonSchema, value)).toBe(expected)
      }),
      { numRuns: 3000 },
    )
    expect(right).toBeGreaterThan(100)
  })

  it('agrees with the check, which also says where', () => {
    fc.assert(
      fc.property(schemas, values, (rule, value) => {
        const { problems } = checkDocument(rule as unknown as JsonSchema, value)
        // An unknown key is a warning to the check.
        fc.pre(!problems.some(({ message }) => message.startsWith('unknown key')))
        expect(problems.length === 0).toBe(fits(rule as unknown as JsonSchema, value))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what changed', () => {
  it('is named by the deepest section that differs', () => {
    expect(changedPaths({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] }, d: {} })).toEqual(['a.b', 'd'])
    expect(changedPaths({ a: { b: 1 } }, { a: 5 })).toEqual(['a'])
  })

  it('is nothing for the same document, and something for another', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (one, other) => {
        const [left, right] = [JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other))]
        expect(changedPaths(left, left)).toEqual([])
        if (changedPaths(left, right).length === 0) expect(right).toEqual(left)
      }),
    )
  })
})

it('the schema of the protocol is one that the check understands', () => {
  const understood = new Set([
    'type',
    'description',
    'default',
    'enum',
    'const',
    'properties',
    'required',
    'patternProperties',
    'additionalProperties',
    'minProperties',
    'items',
    'minItems',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'pattern',
    'anyOf',
    'secret',
    'boundTo',
    'restricts',
    'closed',
  ])
  const walk = (rule: JsonSchema): void => {
    expect(Object.keys(rule).filter((keyword) => !understood.has(keyword))).toEqual([])
    for (const inner of [
      ...Object.values(rule.properties ?? {}),
      ...Object.values(rule.patternProperties ?? {}),
      ...(rule.anyOf ?? []),
      ...(rule.items ? [rule.items as JsonSchema] : []),
    ])
      walk(inner)
  }
  walk(Config as unknown as JsonSchema)
})
