import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the page lies: beside the source, and beside the module in the npm package and in the program's bundle. */
const places = ['../dist/page/', './page/'].map((place) => fileURLToPath(new URL(place, import.meta.url)))

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * What the page may do, sent with every file. Trusted Types turn any assignment of markup from a string into an error,
 * so that a mistake in the page cannot become a script either (https://www.w3.org/TR/trusted-types/).
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const guards = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** The folder of the built page; undefined while it is not built. */
export function findPage(): string | undefined {
  return places.find((place) => existsSync(join(place, 'index.html')))
}

/**
 * Answers GET and HEAD under `/control-ui/` with a file of the page, from the disk each time so that a rebuilt page
 * shows without a restart. Files with a digest in their name may be kept for ever; the rest is asked for again and
 * answered with 304 while its etag holds.
 */
export async function servePage(request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return say(405, 'Only GET and HEAD.', { allow: 'GET, HEAD' })
  const path = new URL(request.url).pathname
  // Relative addresses in the page need the slash; a relative Location survives a proxy that adds a prefix.
  if (path.endsWith('/control-ui')) return say(308, 'The page is at control-ui/', { location: 'control-ui/' })
  const name = path.slice(path.indexOf('/control-ui/') + '/control-ui/'.length) || 'index.html'
  // No segment begins with a dot, so no name leads out of the folder.
  const match = /^(assets\/)?[a-z0-9_-][a-z0-9._-]*\.([a-z]+)$/i.exec(name)
  const type = types[match?.[2] ?? '']
  if (!match || !type) return say(404, 'The page has no such file.')
  const folder = findPage()
  if (!folder) return say(503, 'The page is not built. Run `pnpm build` in the clone, then load this again.')
  const bytes = await readFile(join(folder, name)).catch(() => undefined)
  if (!bytes) return say(404, 'The page has no such file. It may have been updated: load /control-ui/ again.')
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  const headers = {
    ...guards,
    'cache-control': match[1] ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-type': type,
    etag,
  }
  if (names(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })
  const body = request.method === 'HEAD' ? null : new Uint8Array(bytes)
  return new Response(body, { headers: { ...headers, 'content-length': String(bytes.length) } })
}

function names(header: string | null, etag: string): boolean {
  return header !== null && header.split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()))
}

function say(status: number, text: string, more: Record<string, string> = {}): Response {
  const headers = { ...guards, 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8', ...more }
  return new Response(`${text}\n`, { status, headers })
}
