import { failure, toFailure } from '@openclaw/sdk'
import { askJson } from './ask.ts'
import type { Engine } from './engine.ts'

/** https://docs.searxng.org/dev/search_api.html */
export function searxng(base: string): Engine {
  return async ({ query, signal }) => {
    const url = new URL('search', base.endsWith('/') ? base : `${base}/`)
    url.search = new URLSearchParams({ q: query, format: 'json' }).toString()
    const results = await askJson('SearXNG', url, { signal }, (answer) => answer['results']).catch(
      (thrown: unknown) => {
        if (toFailure(thrown).code !== 'unauthorized') throw thrown
        // It has no keys: 403 means that the format is off, as it is after installation.
        throw failure(
          'invalid_config',
          'web_search: SearXNG gives no JSON; add json to search.formats in its settings.yml',
        )
      },
    )
    return results.map(({ title = '', url: at = '', content = '' }) => ({ title, url: at, excerpt: content }))
  }
}
