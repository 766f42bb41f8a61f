import { describe, expect, it, test } from 'vitest'
import { hmac, isFresh, same } from '../src/index.ts'

describe('S5: comparing secrets', () => {
  test.each([
    ['secret', 'secret', true],
    ['secreT', 'secret', false],
    ['secret ', 'secret', false],
    ['', 'secret', false],
    [null, 'secret', false],
    [undefined, 'secret', false],
    ['', '', false],
    [undefined, '', false],
    ['é', 'e\u0301', false],
  ])('%j is %j: %s', (given, secret, right) => expect(same(given, secret)).toBe(right))
})

describe('S10: signatures', () => {
  it('signs as Slack does', () => {
    // From https://docs.slack.dev/authentication/verifying-requests-from-slack
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    const secret = '8f742231b10e8888abcd99yyyzzz85a5'
    const signature = 'a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
    const bytes = new TextEncoder().encode(body)
    expect(hmac({ algorithm: 'sha256', secret, body: ['v0:1531420618:', bytes], encoding: 'hex' })).toBe(signature)
    expect(hmac({ algorithm: 'sha256', secret, body: `v0:1531420618:${body}`, encoding: 'hex' })).toBe(signature)
  })

  it('knows the other encodings', () => {
    // From https://www.rfc-editor.org/rfc/rfc2202 (test case 2)
    const of = { algorithm: 'sha1', secret: 'Jefe', body: 'what do ya want for nothing?' } as const
    expect(hmac({ ...of, encoding: 'hex' })).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79')
    expect(hmac({ ...of, encoding: 'base64' })).toBe('7/zfauXrL6LSdBbV8YTfnCWafHk=')
  })
})

describe('S10: how old a request may be', () => {
  test.each([
    [1_000, true],
    [700, true],
    [1_300, true],
    [699, false],
    [1_301, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])('signed at %d: %s', (timestampMs, fresh) => expect(isFresh(timestampMs, 1_000, 300)).toBe(fresh))
})
