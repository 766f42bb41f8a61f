import fc from 'fast-check'
import { expect, it } from 'vitest'
import { forgetToken, keepToken, readToken, socketAddress, takeLink } from '../src/connection/identity.ts'
import { formatPlace, parsePlace } from '../src/place.ts'

const page = 'https://claw.example.org/prefix/control-ui/'

it('S1: takes the code of a one-time link from the fragment, and leaves an address without it', () => {
  expect(takeLink(`${page}#link=AbC-_123`)).toEqual({ code: 'AbC-_123', rest: '/prefix/control-ui/' })
})

it('S1: takes no code from anywhere else, and nothing but a code', () => {
  for (const end of [
    '',
    '?link=abc',
    '?token=abc',
    '?gateway=ws://evil.example',
    '#token=abc',
    '#link=',
    '#link=a b',
    '#link=abc&gateway=wss://evil.example',
    '#link=<script>',
    `#link=${'a'.repeat(65)}`,
    '#/chat/link=abc',
  ]) {
    expect(takeLink(page + end), end).toBeUndefined()
  }
})

it('S1: the socket is on the origin of the page, whatever stands in query and fragment', () => {
  expect(socketAddress(page)).toBe('wss://claw.example.org/prefix/')
  expect(
    socketAddress('http://127.0.0.1:18789/control-ui/?gateway=ws://evil.example#gatewayUrl=ws://evil.example'),
  ).toBe('ws://127.0.0.1:18789/')
  fc.assert(
    fc.property(fc.string(), fc.string(), (query, fragment) => {
      const url = new URL('http://127.0.0.1:18789/control-ui/')
      url.search = query
      url.hash = fragment
      expect(socketAddress(url.href)).toBe('ws://127.0.0.1:18789/')
    }),
  )
})

it('keeps a token, forgets it, and does without a store that refuses', () => {
  const kept = new Map<string, string>()
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  keepToken(store, 'secret')
  expect(readToken(store)).toBe('secret')
  forgetToken(store)
  expect(readToken(store)).toBeUndefined()
  const refuse = () => {
    throw new Error('denied')
  }
  const closed = { getItem: refuse, setItem: refuse, removeItem: refuse }
  keepToken(closed, 'secret')
  forgetToken(closed)
  expect(readToken(closed)).toBeUndefined()
})

it('finds every place again in the address it was written to', () => {
  fc.assert(
    fc.property(fc.constantFrom('chat', 'status'), fc.string({ unit: 'grapheme', minLength: 1 }), (room, session) => {
      expect(parsePlace(formatPlace({ room, session }))).toEqual({ room, session })
    }),
  )
  for (const hash of ['', '#', '#link=abc', '#/%', '#/../x', '#javascript:alert(1)'])
    expect(parsePlace(hash).room).toBe('chat')
  expect(parsePlace('#/chat/%E0%A4%A')).toEqual({ room: 'chat' })
})
