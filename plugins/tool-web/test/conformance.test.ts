import { toolConformance } from '@openclaw/testing'
import { afterAll } from 'vitest'
import tools from '../src/tool.ts'
import { body, json, openSite } from './site.ts'

const site = await openSite({
  '/page': body('text/html', '<title>Hi</title><p>Hello</p>'),
  '/notes.txt': body('text/plain', 'one\ntwo\n'),
  '/picture': body('image/png', Buffer.from('89504e470d0a1a0a', 'hex')),
  '/search': json({ results: [{ title: 'A', url: 'https://a.example/', content: 'about a' }] }),
})
afterAll(() => site[Symbol.asyncDispose]())

toolConformance({
  name: 'web',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  config: { allowPrivate: [site.host], search: { provider: 'searxng', url: site.url } },
  cases: [
    { tool: 'web_fetch', input: { url: `${site.url}/page` } },
    { tool: 'web_fetch', input: { url: `${site.url}/notes.txt`, offset: 4 } },
    { tool: 'web_fetch', input: { url: `${site.url}/picture` } },
    { tool: 'web_search', input: { query: 'a', count: 1 } },
  ],
})
