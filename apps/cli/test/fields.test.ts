import { closed, Secret } from '@openclaw/protocol'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { applies, askedFields, choicesOf, fieldsOf, readValue, type Rule } from '../src/channels/fields.ts'
import { makeForm } from '../src/channels/form.ts'

const account = closed({
  realname: Type.Optional(Type.String()),
  port: Type.Optional(Type.Integer({ default: 6697 })),
  tls: Type.Optional(Type.Boolean({ default: true })),
  login: closed({ name: Type.String(), about: Type.Optional(Type.String()) }),
  sasl: Type.Optional(closed({ account: Type.String(), password: Secret() })),
  certificate: Type.Optional(closed({ cert: Type.String(), key: Type.String() })),
  mode: Type.Optional(Type.Union([Type.Literal('socket'), Type.Literal('http')], { default: 'socket' })),
  key: Type.Optional(Secret()),
  rooms: Type.Optional(Type.Array(Type.String())),
  retries: Type.Optional(Type.Integer({ minimum: 1 })),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  nick: Type.String(),
}) as unknown as Rule

describe('the fields of an account', () => {
  it('are flat, with what must be there first, and know the optional section that they stand in', () => {
    const fields = fieldsOf(account)
    expect(fields.slice(0, 3).map(({ name, required }) => [name, required])).toEqual([
      ['login.name', true],
      ['nick', true],
      ['realname', false],
    ])
    expect(fields.find(({ name }) => name === 'sasl.password')).toMatchObject({ required: true, section: 'sasl' })
    expect(fields.find(({ name }) => name === 'login.about')?.section).toBeUndefined()
  })

  it('that a person is asked for are those that nothing good stands in for', () => {
    expect(askedFields(fieldsOf(account)).map(({ name }) => name)).toEqual([
      'login.name',
      'nick',
      'realname',
      'login.about',
      'sasl.account',
      'sasl.password',
      'mode',
      'key',
      'rooms',
      'retries',
    ])
  })

  it('are for what the other fields say', () => {
    const [field] = fieldsOf(closed({ url: Type.String({ when: { mode: 'webhook' } }) }) as unknown as Rule)
    expect(applies(field!, () => 'webhook')).toBe(true)
    expect(applies(field!, (name) => (name === 'mode' ? 'polling' : 'webhook'))).toBe(false)
  })

  it.each([
    [{ enum: ['a', 'b'] }, ['a', 'b']],
    [{ anyOf: [{ const: 1 }, { const: 'b' }] }, ['1', 'b']],
    [{ anyOf: [{ type: 'string' }, { const: 'b' }] }, undefined],
    [{ type: 'string' }, undefined],
  ] as const)('%j has the choices %j', (rule, choices) => expect(choicesOf(rule)).toEqual(choices))

  it.each([
    ['12', { type: 'string' }, '12'],
    ['true', { enum: ['true', 'false'] }, 'true'],
    ['12', { type: 'integer' }, 12],
    ['many', { type: 'integer' }, 'many'],
    ['false', { type: 'boolean' }, false],
    ['#a, #b,', { type: 'array', items: { type: 'string' } }, ['#a', '#b']],
    ['["#a,b"]', { type: 'array', items: { type: 'string' } }, ['#a,b']],
    ['{"a":1}', { type: 'object' }, { a: 1 }],
    ['{"a":1}', undefined, { a: 1 }],
  ] as const)('%j for %j is %j', (word, rule, value) => expect(readValue(word, rule)).toEqual(value))
})

describe('a form', () => {
  const described = {
    channel: 'irc',
    label: 'IRC',
    schema: account,
    accounts: [{ account: 'home', settings: { nick: 'claw', sasl: { account: 'claw' } }, stored: ['sasl.password'] }],
  }
  const form = (name: string) => makeForm(described, name)
  const now = (account: string, name: string) => {
    const one = form(account)
    return one.now(one.fields.find((field) => field.name === name)!)
  }

  it('offers what an account has, and of a secret only that it is there', () => {
    expect(now('home', 'nick')).toBe('claw')
    expect(now('home', 'sasl.account')).toBe('claw')
    expect(now('home', 'sasl.password')).toBe('stored')
    expect(now('home', 'key')).toBeUndefined()
    expect(now('other', 'nick')).toBeUndefined()
  })

  it('shows steps one on each line, however they are written', () => {
    const steps = (text: string) => makeForm({ ...described, steps: text }, 'x').steps
    expect(steps('1. Do this, e.g. 2.5 times. 2. Do that.')).toEqual(['1. Do this, e.g. 2.5 times.', '2. Do that.'])
    expect(steps('1. One\n2. Two')).toEqual(['1. One', '2. Two'])
    expect(form('x').steps).toEqual([])
  })
})
