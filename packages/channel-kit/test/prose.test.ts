import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { plainText } from '../src/index.ts'
import { proseIn } from '../src/prose.ts'
import { renderMarkdown, renderParsed } from '../src/render.ts'

const limit = { max: 400, unit: 'utf16' } as const

describe('prose', () => {
  test.each(['Hello.', 'One.\nTwo!\n\nThree?', '2024 was good', '"Yes," she said - twice.', '漢字 👍🏽', 'a: b'])(
    '%j is',
    (text) => expect(proseIn(text)).toBeDefined(),
  )
  test.each([
    '',
    '- a',
    '1. a',
    'a\n---',
    'a\n===',
    'a *b*',
    'a  \nb',
    ' a',
    'http://x.org',
    'www.x.org',
    '5.',
    'a|b\n:-|-',
    'a\rb',
  ])('%j is not, or may not be', (text) => expect(proseIn(text)).toBeUndefined())

  it('is written as if it had been parsed', () => {
    const signs = fc.string({
      unit: fc.constantFrom(...'ab .,:-=+1()!?"\'\n\n\té漢👍\u0301\u200d\u00a0@/w'),
      maxLength: 40,
    })
    const words = fc
      .array(fc.constantFrom('Hello', 'there.', '\n', '\n\n', '- ', '1) ', ':-', '(so)', '3', '  ', 'www', 'é', '👍🏽'), {
        maxLength: 12,
      })
      .map((all) => all.join(' ').replaceAll(' \n ', '\n'))
    let prose = 0
    fc.assert(
      fc.property(fc.oneof(signs, words), (text) => {
        if (!proseIn(text)) return
        prose++
        expect(renderMarkdown(text, plainText, limit)).toEqual(renderParsed(text, plainText, limit))
      }),
      { numRuns: 5000 },
    )
    expect(prose).toBeGreaterThan(500)
  }, 60_000)

  it('takes microseconds', () => {
    const text = 'Sure, I can do that for you. It takes a moment.\n\nDone!'
    const began = performance.now()
    for (let time = 0; time < 10_000; time++) renderMarkdown(text, plainText, limit)
    expect((performance.now() - began) / 10_000).toBeLessThan(0.1)
  })
})
