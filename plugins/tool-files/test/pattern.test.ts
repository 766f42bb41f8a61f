import { matchesGlob } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePattern } from '../src/pattern.ts'

function matches(pattern: string, path: string): boolean {
  const parsed = parsePattern(pattern, '/house')
  return parsed.accepts(path.split('/').reduce((state, name) => parsed.step(state, name), parsed.start))
}

describe('a pattern', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['src/*', 'src/a/b', false],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', 'a/b/c.ts', true],
    ['src/**', 'src/a/b', true],
    ['src/**', 'src', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/x/y', false],
    ['*.{ts,md}', 'a.md', true],
    ['{src,test/{one,two}}/a?', 'test/two/ab', true],
    ['{src,test/{one,two}}/a?', 'test/src/ab', false],
    ['a{b', 'a{b', true],
    ['a{b}', 'a{b}', true],
    ['[a-c]x[!0-9]', 'bxz', true],
    ['[a-c]x[!0-9]', 'bx7', false],
    ['./a//b', 'a/b', true],
    ['/house/a/*', 'a/b', true],
    ['a.b', 'axb', false],
    ['(a|b)+', '(a|b)+', true],
    ['**/x', 'node_modules/x', false],
    ['*/x', '.git/x', false],
    ['node_modules/**/x', 'node_modules/a/x', true],
    ['**/*.yml', '.github/a.yml', true],
  ])('%s and %s: %s', (pattern, path, so) => expect(matches(pattern, path)).toBe(so))

  it('says early which folders hold nothing', () => {
    const { start, step } = parsePattern('src/{a,b}/*.ts', '/house')
    expect(step(start, 'test').size).toBe(0)
    expect(step(step(start, 'src'), 'c').size).toBe(0)
    expect(step(step(start, 'src'), 'a').size).toBe(1)
  })

  it.each(['../a', '/etc/*', 'a/../../b'])('refuses %s, which leads outside', (pattern) => {
    expect(() => parsePattern(pattern, '/house')).toThrow(expect.objectContaining({ code: 'invalid_params' }))
  })

  it('refuses more alternatives than anybody writes, without making them', () => {
    expect(() => parsePattern('{a,b}'.repeat(60), '/house')).toThrow(/more than 100 alternatives/)
  })

  it('is done at once with one that is made to go back and forth', () => {
    expect(matches(`${'*a'.repeat(300)}b`, 'a'.repeat(5000))).toBe(false)
    expect(matches(`${'**/a/'.repeat(100)}b`, Array(2000).fill('a').join('/'))).toBe(false)
  })

  it("finds what Node's own matcher finds", () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 4 })
    const pattern = fc
      .array(
        fc.oneof(
          name.filter((text) => !text.includes('**')),
          fc.constant('**'),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((names) => names.join('/'))
    const path = fc
      .array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
      .map((names) => names.join('/'))
    fc.assert(
      fc.property(pattern, path, (one, other) => {
        // A folder itself is not among what `folder/**` finds.
        fc.pre(!one.endsWith('**'))
        expect(matches(one, other)).toBe(matchesGlob(other, one))
      }),
      { numRuns: 500 },
    )
  })
})
