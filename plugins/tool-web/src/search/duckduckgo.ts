import { failure } from '@openclaw/sdk'
import { plainText } from '../plain.ts'
import { ask } from './ask.ts'
import type { Engine, Found } from './engine.ts'

/** The page for browsers without scripts; there is no API: https://html.duckduckgo.com/html/ */
export function duckDuckGo(base = 'https://html.duckduckgo.com'): Engine {
  return async ({ query, signal }) => {
    const url = new URL('/html/', base)
    url.search = new URLSearchParams({ q: query }).toString()
    const html = await ask('DuckDuckGo', url, { headers: { 'user-agent': 'Mozilla/5.0 OpenClaw' }, signal })
    const found = resultsOf(html)
    if (found.length === 0 && html.includes('anomaly'))
      throw failure(
        'rate_limited',
        'web_search: DuckDuckGo wants proof of a person; try later, or set plugins.web.config.search to a provider with a key',
        { retryAfterMs: 60_000 },
      )
    return found
  }
}

/** Each result is a link of class `result__a`, and after it an excerpt of class `result__snippet`. */
function resultsOf(html: string): readonly Found[] {
  return html
    .split(/(?=<a\b[^<>]{0,400}\bclass="result__a")/)
    .slice(1)
    .flatMap((piece) => {
      const url = addressOf(attribute(piece.slice(0, piece.indexOf('>')), 'href'))
      const excerpt = piece.split('class="result__snippet"')[1] ?? ''
      return url ? [{ title: textOf(piece), url, excerpt: textOf(excerpt) }] : []
    })
}

/** Links lead over a counter, `//duckduckgo.com/l/?uddg=<address>`; advertisements (`/y.js`) are left out. */
function addressOf(href: string): string | undefined {
  const url = URL.parse(href, 'https://duckduckgo.com')
  if (!url || url.pathname === '/y.js') return undefined
  const target = url.pathname === '/l/' ? (url.searchParams.get('uddg') ?? '') : url.href
  return /^https?:/.test(target) && !target.startsWith('https://duckduckgo.com/y.js') ? target : undefined
}

function attribute(tag: string, name: string): string {
  return plainText(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

/** The text of the link in whose tag or behind whose class the piece begins. */
function textOf(piece: string): string {
  return plainText(piece.slice(piece.indexOf('>') + 1).split('</a>')[0] ?? '')
}
