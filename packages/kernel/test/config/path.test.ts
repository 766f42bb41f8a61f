import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../anyText.ts'
import { formatPath, overlaps, parsePath, valueAt } from '../../src/config/path.ts'

const keys = fc.oneof(anyText(), fc.constantFrom('my.bot', 'a b', '["x"]', '', '0', '__proto__', '"', '\\'))

describe('paths', () => {
  it('are read as they are written, whatever the keys', () => {
    fc.assert(
      fc.property(fc.array(keys, { minLength: 1 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path)
      }),
    )
  })

  it('look as one would write them', () => {
    expect(formatPath(['bindings', '0', 'agent'])).toBe('bindings.0.agent')
    expect(parsePath('channels.irc.accounts["my.bot"].nick')).toEqual(['channels', 'irc', 'accounts', 'my.bot', 'nick'])
  })

  it('that are none are refused with an example', () => {
    for (const text of ['', '.', 'a.', '.a', 'a..b', 'a[b]', 'a["b]', 'a b', 'a["\\x"]']) {
      expect(() => parsePath(text)).toThrow(/is not a path in the configuration; write it like gateway\.port/)
    }
  })

  it('find own values only', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', '0', 'b'])).toBe(1)
    for (const path of [['toString'], ['a', 'length', 'x'], ['__proto__'], ['a', '0', 'b', 'c']]) {
      expect(valueAt({ a: [{ b: 1 }] }, path)).toBeUndefined()
    }
  })

  it('overlap when one is inside the other, not when it only begins like it', () => {
    expect([
      overlaps('gateway', 'gateway.port'),
      overlaps('a["b.c"].d', 'a'),
      overlaps('', 'x'),
      overlaps('a', 'a'),
    ]).toEqual([true, true, true, true])
    expect([overlaps('gateway.port', 'gateway.portal'), overlaps('a.b', 'a.c')]).toEqual([false, false])
  })
})
