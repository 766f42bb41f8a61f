import { askJson } from './ask.ts'
import type { Engine } from './engine.ts'

/** https://docs.tavily.com/documentation/api-reference/endpoint/search */
export function tavily(key: string, base = 'https://api.tavily.com'): Engine {
  return async ({ query, count, signal }) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    const body = JSON.stringify({ query, max_results: count })
    const init = { method: 'POST', headers, body, signal }
    const results = await askJson('Tavily', new URL('/search', base), init, (answer) => answer['results'])
    return results.map(({ title = '', url = '', content = '' }) => ({ title, url, excerpt: content }))
  }
}
