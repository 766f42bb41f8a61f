import type { Extension, Interceptor, InterceptorName, Interceptors } from '@openclaw/sdk'
import { deadline, within } from '../deadline.ts'
import type { Clock } from '../platform.ts'
import type { Plugins } from './host.ts'

/** Time that one interceptor has for one value. */
const interceptMs = 10_000

type Order = 'first' | 'normal' | 'last'
const ranks: Readonly<Record<Order, number>> = { first: 0, normal: 1, last: 2 }

interface Plugged {
  readonly plugin: string
  readonly rank: number
  readonly handle: Interceptor<InterceptorName>
}

/** The interceptors of all plugins. They run one after the other and fail closed. */
export interface InterceptorChain extends Pick<Plugins, 'intercept' | 'intercepts'> {
  /** Adds those of one plugin; disposing takes them out. */
  add(
    plugin: string,
    intercept: NonNullable<Extension['intercept']>,
  ): Disposable & { readonly names: readonly InterceptorName[] }
}

/** A chain with nothing in it. `failed` hears of each one that threw, hung or answered nonsense. */
export function openChain(options: {
  readonly clock: Clock
  failed(plugin: string, name: InterceptorName, error: unknown): void
}): InterceptorChain {
  const chain = new Map<InterceptorName, readonly Plugged[]>()

  return {
    intercepts: (name) => (chain.get(name)?.length ?? 0) > 0,
    add(plugin, intercept) {
      const names = (Object.keys(intercept) as InterceptorName[]).filter((name) => intercept[name] !== undefined)
      for (const name of names) {
        const given = intercept[name] as
          | Interceptor<InterceptorName>
          | { order: Order; handle: Interceptor<InterceptorName> }
        const { order, handle } = typeof given === 'function' ? { order: 'normal' as const, handle: given } : given
        // The sort is stable: of the same order, what was plugged first runs first.
        chain.set(
          name,
          [...(chain.get(name) ?? []), { plugin, rank: ranks[order], handle }].toSorted(
            (one, other) => one.rank - other.rank,
          ),
        )
      }
      return {
        names,
        [Symbol.dispose]() {
          for (const name of names)
            chain.set(
              name,
              (chain.get(name) ?? []).filter((one) => one.plugin !== plugin),
            )
        },
      }
    },
    async intercept<K extends InterceptorName>(name: K, given: Interceptors[K]['value'], signal: AbortSignal) {
      let value = given
      for (const { plugin, handle } of chain.get(name) ?? []) {
        using limit = deadline(options.clock, interceptMs, `${plugin}: the ${name} interceptor`, signal)
        try {
          const answer: unknown = await within(
            Promise.resolve().then(() => handle(value, limit.signal)),
            limit.signal,
          )
          if (answer === undefined) continue
          if (isAnswer(answer, 'replace')) value = answer.replace as typeof value
          else if (isAnswer(answer, 'stop')) return { stopped: answer.stop as Interceptors[K]['verdict'] }
          else throw new Error('it answered neither nothing, nor replace, nor stop')
        } catch (error) {
          options.failed(plugin, name, error)
          return { failed: plugin }
        }
      }
      return { value }
    },
  }
}

function isAnswer<N extends 'replace' | 'stop'>(answer: unknown, name: N): answer is Record<N, unknown> {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    name in answer &&
    (answer as Record<string, unknown>)[name] !== undefined
  )
}
