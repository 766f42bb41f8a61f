import { askJson } from './ask.ts'
import type { Engine } from './engine.ts'

/** https://api-dashboard.search.brave.com/app/documentation/web-search/get-started */
export function brave(key: string, base = 'https://api.search.brave.com'): Engine {
  return async ({ query, count, signal }) => {
    const url = new URL('/res/v1/web/search', base)
    url.search = new URLSearchParams({ q: query, count: String(count), text_decorations: 'false' }).toString()
    const headers = { accept: 'application/json', 'x-subscription-token': key }
    const results = await askJson(
      'Brave',
      url,
      { headers, signal },
      ({ web }) => (web as { results?: unknown })?.results,
    )
    return results.map(({ title = '', url: at = '', description = '' }) => ({ title, url: at, excerpt: description }))
  }
}
