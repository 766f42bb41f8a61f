import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { near, readArguments } from '../src/arguments.ts'
import { defineCommand } from '../src/command.ts'

const command = defineCommand({
  takes: { first: { about: 'the first' }, more: { about: 'the rest', optional: true, rest: true } },
  options: {
    count: { type: 'number', about: 'a number' },
    state: { type: 'text', about: 'one of two', choices: ['on', 'off'] },
    loud: { type: 'boolean', short: 'l', about: 'a switch' },
    set: { type: 'list', about: 'any number of them' },
  },
  example: 'x',
  run: async () => undefined,
})
const read = (...words: string[]) => readArguments(command, words, 'help')

describe('reading what was typed', () => {
  it('tells options from words in any order', () => {
    expect(read('a', '--count', '3', 'b', '-l', '--state=on', 'c')).toMatchObject({
      first: 'a',
      more: ['b', 'c'],
      count: 3,
      loud: true,
      state: 'on',
      json: false,
    })
  })

  it('takes everything after -- as words', () => {
    expect(read('--', '--count', '-x')).toMatchObject({ first: '--count', more: ['-x'], count: undefined })
  })

  it('collects what may be given more than once', () => {
    expect(read('a', '--set', 'x=1', '--set=y=-2')).toMatchObject({ first: 'a', set: ['x=1', 'y=-2'] })
    expect(read('a')).toMatchObject({ set: [] })
  })

  it('takes a negative number for a word, as some groups have such ids', () => {
    expect(read('-1001', '--count', '-3', '-2', '--', '-1')).toMatchObject({
      first: '-1001',
      more: ['-2', '-1'],
      count: -3,
    })
  })

  it.each([
    [['a', '--set'], /--set needs a value/],
    [['a', '--cuont', '3'], /no option --cuont\. Did you mean --count\?/],
    [['a', '-x'], /no option -x/],
    [['a', '--count', 'three'], /--count is a number, not "three"/],
    [['a', '--count', ''], /--count is a number/],
    [['a', '--count'], /--count needs a value/],
    [['a', '--state', 'maybe'], /--state is one of on, off, not "maybe"/],
    [['a', '--loud=yes'], /--loud takes no value/],
    [['--loud'], /FIRST is missing: the first/],
    [['a', '--__proto__', 'x'], /no option/],
  ])('%j is refused with what to do', (words, message) => {
    expect(() => read(...words)).toThrow(message)
    expect(() => read(...words)).toThrow(expect.objectContaining({ exit: 2, code: 'invalid_params' }) as Error)
  })

  it('never takes what it does not know, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('--count', '-l', '--state=on', '--', '--json')), {
          maxLength: 6,
        }),
        (words) => {
          try {
            const { first, more, count, state } = read(...words)
            expect(typeof first).toBe('string')
            expect(Array.isArray(more)).toBe(true)
            expect(count === undefined || Number.isFinite(count)).toBe(true)
            expect([undefined, 'on', 'off']).toContain(state)
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_params', exit: 2 })
          }
        },
      ),
    )
  })

  it('guesses what was meant only when it is close', () => {
    expect(near('sesions', ['sessions', 'status'])).toBe(' Did you mean sessions?')
    expect(near('banana', ['sessions', 'status'])).toBe('')
  })
})
