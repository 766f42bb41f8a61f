import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'
import type { Engine, Found } from './search/engine.ts'

/** Asks a search engine. */
export function webSearch(engine: Engine, timeoutMs: number) {
  return defineTool({
    name: 'web_search',
    description: 'Search the web: titles, addresses and excerpts. Read a result with web_fetch.',
    input: Type.Object(
      {
        query: Type.String({ minLength: 1, maxLength: 400 }),
        count: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, description: 'Default 8.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'network',
    subject: ({ query }) => query,
    async run({ query, count = 8 }, { signal }) {
      const found = await engine({ query, count, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
      const text = found.slice(0, count).map(describe).join('\n\n') || 'Nothing was found; use other words.'
      return { content: [{ type: 'text', text }], details: { results: found.length }, outside: true }
    },
  })
}

function describe({ title, url, excerpt }: Found, index: number): string {
  return [`${index + 1}. ${oneLine(title) || url}`, url, oneLine(excerpt).slice(0, 600)].filter(Boolean).join('\n')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
