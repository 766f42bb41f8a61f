import { failure, toFailure, type Result, type AgentMethods } from '@openclaw/protocol'
import type { Models } from '@openclaw/sdk'
import type { Clock } from './clock.ts'

/** What a provider gave for each of its keys, in their order. */
export type Pool = readonly [Models, ...(readonly Models[])]

/** The providers of one agent instance, by id. */
export interface ProviderRegistry {
  readonly ids: readonly string[]
  /** The same models once for each key. Throws `conflict` when the id is taken. */
  register(plugin: string, id: string, pool: Pool): Disposable
  /** Splits `provider/model` at the first slash; `models` are those of the first key. Throws `not_found` with what is there instead. */
  find(model: string): {
    readonly provider: string
    readonly name: string
    readonly models: Models
    readonly pool: Pool
  }
  /** False when the provider said that the model takes no images. */
  seesImages(model: string): boolean
  list(
    query: { provider?: string; discover?: boolean },
    signal: AbortSignal,
  ): Promise<Result<AgentMethods['models.list']>>
}

const listMs = 10_000
const discoverMs = 1500

/** Opens an empty registry. */
export function openProviders(clock: Clock): ProviderRegistry {
  const providers = new Map<string, { plugin: string; pool: Pool }>()
  const blind = new Set<string>()

  /** What a provider answers within its time; what it throws or does not answer is a problem, not an end. */
  async function within<T>(ms: number, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const control = new AbortController()
    const { promise: late, reject } = Promise.withResolvers<never>()
    using _timer = clock.after(ms, () => {
      control.abort()
      reject(failure('unavailable', `no answer within ${ms} ms`))
    })
    return await Promise.race([ask(AbortSignal.any([signal, control.signal])), late])
  }

  return {
    get ids() {
      return [...providers.keys()].toSorted()
    },
    register(plugin, id, pool) {
      const holder = providers.get(id)
      if (holder)
        throw failure('conflict', `${plugin}: the provider id "${id}" is taken by ${holder.plugin}; unplug one of them`)
      const mine = { plugin, pool }
      providers.set(id, mine)
      return {
        [Symbol.dispose]() {
          if (providers.get(id) === mine) providers.delete(id)
        },
      }
    },
    find(model) {
      const slash = model.indexOf('/')
      const id = slash < 0 ? model : model.slice(0, slash)
      const found = providers.get(id)
      if (found && slash > 0) {
        const { pool } = found
        return { provider: id, name: model.slice(slash + 1), models: pool[0], pool }
      }
      const there = [...providers.keys()].toSorted().join(', ') || 'none'
      throw failure(
        'not_found',
        slash < 0
          ? `"${model}" is no model id; write provider/model`
          : `${model}: there is no provider "${id}" (there is: ${there}); plug it in or choose another model`,
      )
    },
    seesImages: (model) => !blind.has(model),
    async list({ provider, discover }, signal) {
      const asked = [...providers].filter(([id]) => provider === undefined || id === provider)
      if (provider !== undefined && asked.length === 0)
        throw failure(
          'not_found',
          `there is no provider "${provider}"; \`openclaw plugins list\` shows what is plugged in`,
        )
      const result: Result<AgentMethods['models.list']> = { models: [], offers: [], problems: [] }
      const complain = (id: string) => (thrown: unknown) =>
        void result.problems.push({ provider: id, message: toFailure(thrown).message })
      await Promise.all(
        asked.map(async ([id, { pool }]) => {
          const [models] = pool
          const listed = within(listMs, signal, (stop) => models.models(stop)).then((found) => {
            for (const model of found) {
              const full = `${id}/${model.id}`
              if (model.images === false) blind.add(full)
              else blind.delete(full)
              result.models.push({ ...model, id: full })
            }
          }, complain(id))
          const noticed =
            discover && models.discover
              ? within(discoverMs, signal, (stop) => models.discover!(stop)).then((offers) => {
                  for (const offer of offers) result.offers.push({ ...offer, provider: id })
                }, complain(id))
              : undefined
          await Promise.all([listed, noticed])
        }),
      )
      result.models.sort((a, b) => (a.id < b.id ? -1 : 1))
      return result
    },
  }
}
