import type { Clock } from './clock.ts'
import type { ProviderRegistry } from './providers.ts'

/** How many tokens a model reads at once, its answer included. */
export interface Window {
  readonly tokens: number
  /** Left free for the answer. */
  readonly answerTokens: number
}

/** The windows of models, by full id. */
export interface Windows {
  /** Asks the provider once in a while; a model of which nothing is known is taken for one of usual size. */
  of(model: string): Promise<Window>
  /** The model refused a request that we took for `tokens`: its window is smaller. `said` may name the size. */
  refused(model: string, tokens: number, said: string): void
}

const usual = { contextTokens: 128_000, outputTokens: 8192 }
const listMs = 5000
const freshMs = 10 * 60_000
/** A model that says nothing of its size is asked with so little after it refused. */
const smallTokens = 8000
/** `maximum context length is 8192 tokens`, `200000 tokens > 199999 maximum`, `limit of 32768 tokens`: the smallest is the limit. */
const sizes = /(\d[\d,_]{3,8})\s*(?:tokens?\b|maximum)|(?:maximum|limit)\D{1,60}(\d[\d,_]{3,8})/gi

/** Opens a table that learns. */
export function openWindows(providers: Pick<ProviderRegistry, 'find'>, clock: Clock): Windows {
  const lists = new Map<string, { readonly at: number; readonly found: Promise<ReadonlyMap<string, typeof usual>> }>()
  const learned = new Map<string, number>()

  function list(provider: string, model: string): Promise<ReadonlyMap<string, typeof usual>> {
    const known = lists.get(provider)
    if (known && clock.now() - known.at < freshMs) return known.found
    const { models } = providers.find(model)
    const found = models.models(AbortSignal.timeout(listMs)).then(
      (all) =>
        new Map(
          all.map(({ id, contextTokens = usual.contextTokens, outputTokens = usual.outputTokens }) => [
            id,
            { contextTokens, outputTokens },
          ]),
        ),
      () => new Map<string, typeof usual>(),
    )
    lists.set(provider, { at: clock.now(), found })
    return found
  }

  return {
    async of(model) {
      const { provider, name } = providers.find(model)
      const { contextTokens, outputTokens } = (await list(provider, model)).get(name) ?? usual
      const tokens = Math.min(contextTokens, learned.get(model) ?? Infinity)
      return { tokens, answerTokens: Math.min(outputTokens, Math.floor(tokens / 4)) }
    },
    refused(model, tokens, said) {
      const named = [...said.matchAll(sizes)].map(([, before, after]) =>
        Number((before ?? after)!.replace(/[,_]/g, '')),
      )
      const size = named.length > 0 ? Math.min(...named) : Math.min(smallTokens, Math.floor(tokens / 2))
      learned.set(model, Math.min(size, learned.get(model) ?? Infinity))
    },
  }
}
