import { failure } from '@openclaw/sdk'
import type { Static } from 'typebox'
import type { config } from '../config.ts'
import { brave } from './brave.ts'
import { duckDuckGo } from './duckduckgo.ts'
import { searxng } from './searxng.ts'
import { tavily } from './tavily.ts'

/** One result. The excerpt is text, without marks. */
export interface Found {
  readonly title: string
  readonly url: string
  readonly excerpt: string
}

/** A question to a search engine. */
export interface Question {
  readonly query: string
  readonly count: number
  readonly signal: AbortSignal
}

/** Finds at most about `count` results, best first. Rejects with what is to be done about it. */
export type Engine = (question: Question) => Promise<readonly Found[]>

type Settings = NonNullable<Static<typeof config>['search']>

/** The engine of a configuration. What it lacks is said when it is asked, so that reading pages goes on without it. */
export function chooseEngine({ provider = 'duckduckgo', key, url }: Settings): Engine {
  const lacks = (what: string): Engine => {
    const message = `web_search: ${provider} needs plugins.web.config.search.${what}; set it, or choose another provider`
    return () => Promise.reject(failure('invalid_config', message))
  }
  if (provider === 'duckduckgo') return duckDuckGo(url)
  if (provider === 'searxng') return url ? searxng(url) : lacks('url')
  if (!key) return lacks('key')
  return provider === 'brave' ? brave(key, url) : tavily(key, url)
}
