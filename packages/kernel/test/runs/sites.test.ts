import type { AnyLine, LineDraft } from '@openclaw/protocol'
import { expect, it } from 'vitest'
import { newSite } from '../../src/runs/sites.ts'

const numbered = (drafts: readonly LineDraft[]) =>
  drafts.map((draft, at) => ({ v: 1, id: `l${at + 1}`, seq: at + 1, at: 0, ...draft }) as AnyLine)
const user = (text: string): LineDraft => ({ kind: 'user', body: { text } })
const calls = (id: string, tool: string, input: object): LineDraft => ({
  kind: 'assistant',
  body: { run: 'r', model: 'p/m', content: [{ type: 'call', id, name: tool, input }], stop: 'tool' },
})
const intent = (call: string, tool: string): LineDraft => ({
  kind: 'intent',
  body: { run: 'r', call, tool, input: '' },
})
const result = (call: string, tool: string, text: string, trust?: 'outside'): LineDraft => ({
  kind: 'tool',
  ...(trust ? { trust } : {}),
  body: { run: 'r', call, tool, content: [{ type: 'text', text }] },
})
const asks = (url: string, ...drafts: LineDraft[]) => newSite(url, 'web_fetch', numbered(drafts)) !== undefined

it.each([
  ['as it is', 'look at https://a.example/x?y=1', 'https://a.example/x?y=1'],
  ['at the end of a sentence', 'is there news on https://a.example/x?', 'https://a.example/x'],
  ['in Markdown', 'see [it](https://a.example/x), please', 'https://a.example/x'],
  ['without a scheme, in other letters', 'Was steht auf A.Example?', 'https://a.example/'],
  ['with www', 'a.example.', 'https://www.a.example'],
  ['with a fragment', 'https://a.example/x', 'https://a.example/x#part'],
  ['with letters that addresses do not have', 'https://a.example/Köln', 'https://a.example/K%C3%B6ln'],
])('nobody is asked about what a person said: %s', (_, said, url) => {
  expect(asks(url, user(said))).toBe(false)
})

it.each([
  ['another path', 'https://a.example/x', 'https://a.example/x/secret'],
  ['a query', 'https://a.example/x', 'https://a.example/x?q=secret'],
  ['a part of what was said', 'https://a.example/abcdef', 'https://a.example/abc'],
  ['other letters in the path', 'https://a.example/abc', 'https://a.example/aBc'],
  ['a name below', 'https://a.example/', 'https://secret.a.example/'],
  ['a name that ends so', 'nota.example', 'https://a.example/'],
  ['a name that begins so', 'https://a.example.org/', 'https://a.example'],
  ['another port', 'https://a.example/', 'https://a.example:8443/'],
  ['nothing of it', 'hello', 'https://a.example/'],
])('the owner is asked about %s', (_, said, url) => {
  expect(asks(url, user(said))).toBe(true)
})

it('a page is believed about addresses, but the model cannot say one to itself', () => {
  const url = 'https://a.example/x'
  const page = result('c1', 'web_fetch', `[go on](${url})`, 'outside')
  expect(asks(url, user('hi'), calls('c1', 'web_fetch', { url: 'https://b.example' }), page)).toBe(false)
  // It wrote it before: into a search, into a file.
  expect(asks(url, user('hi'), calls('c1', 'web_search', { query: url }), page)).toBe(true)
  expect(asks(url, user('hi'), calls('c1', 'read', { path: 'a.md' }), result('c1', 'read', url))).toBe(true)
})

it('asks once for a site, and an address that was not allowed or that another tool got opens none', () => {
  const url = 'https://a.example/y?q=1'
  const call = (tool: string) => calls('c1', tool, { url: 'https://a.example/x' })
  expect(asks(url, user('hi'), call('web_fetch'), intent('c1', 'web_fetch'))).toBe(false)
  expect(asks(url, user('hi'), call('web_fetch'))).toBe(true)
  expect(asks(url, user('hi'), call('write'), intent('c1', 'write'))).toBe(true)
})

it('says which site it is', () => {
  expect(newSite('https://a.example:8443/x', 'web_fetch', [])).toBe(
    'the agent made this address up, and a.example:8443 is new in this session',
  )
  expect(newSite('nonsense', 'web_fetch', [])).toBeUndefined()
})
