import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { contentSecurityPolicy, findPage, servePage } from '../src/page.ts'

const folder = findPage() ?? ''
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) =>
  one.isFile() ? [join(one.parentPath, one.name)] : [],
)
const get = (path: string, init: RequestInit = {}) =>
  servePage(new Request(`http://127.0.0.1:18789/control-ui${path}`, init))

it('weighs less than 100 kB when all of it is compressed', () => {
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  expect(files.length).toBeGreaterThan(3)
  expect(bytes).toBeLessThan(100_000)
})

it('brings no schemas along: only the types of the protocol are used', () => {
  for (const file of files.filter((name) => name.endsWith('.js')))
    expect(readFileSync(file, 'utf8')).not.toContain('~kind')
})

it('S16: no file of the page holds an inline script, an inline style, or a way to make markup from text', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son[a-z]+=/i)
  for (const file of readdirSync(new URL('../page/src/', import.meta.url), { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file)) continue
    const source = readFileSync(new URL(`../page/src/${file}`, import.meta.url), 'utf8')
    expect(source, file).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|dangerously|document\.write|\beval\(|new Function|DOMParser|createContextualFragment/,
    )
  }
})

it('works under any prefix: every address in it is relative', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1])
  expect(addresses.length).toBeGreaterThan(2)
  expect(addresses.filter((one) => !one?.startsWith('./'))).toEqual([])
})

it('S16: every answer carries the policy that lets no other script run', async () => {
  for (const path of ['/', '/icon.svg', '/none.js', '']) {
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  }
  expect(contentSecurityPolicy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(contentSecurityPolicy).toContain("frame-ancestors 'none'")
  expect(contentSecurityPolicy).not.toContain('unsafe')
})

it('answers 304 while the etag holds, and keeps files with a digest in their name for good', async () => {
  const first = await get('/')
  const etag = first.headers.get('etag') ?? ''
  expect(first.headers.get('cache-control')).toBe('no-cache')
  const second = await get('/', { headers: { 'if-none-match': `"other", W/${etag}` } })
  expect([second.status, await second.text()]).toEqual([304, ''])
  expect((await get('/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  const script = files.find((name) => name.endsWith('.js')) ?? ''
  const asset = await get(`/assets/${script.split(/[\\/]/).at(-1)}`)
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

it('answers HEAD like GET without a body, and no other method', async () => {
  const head = await get('/', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100)
  expect((await get('/', { method: 'POST', body: 'x' })).status).toBe(405)
})

it('S8: serves nothing outside its folder, however the path is written', async () => {
  const paths = [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/../../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/.env',
    '/assets/.hidden.js',
    '/index.html%00.js',
    '/C:/x.js',
  ]
  for (const path of paths) expect((await get(path)).status, path).toBe(404)
})

it('sends who forgot the slash to the page, also behind a proxy with a prefix', async () => {
  const { status, headers } = await get('')
  expect([status, headers.get('location')]).toEqual([308, 'control-ui/'])
})
