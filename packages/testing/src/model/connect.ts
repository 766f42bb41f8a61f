import type { Models, Provider, ProviderSetup } from '@openclaw/sdk'
import type { Static, TSchema } from 'typebox'
import { memoryStore, testScope } from '../scope.ts'

/** A provider's models, what it logged, and the bodies of the requests that it sent. */
export interface Connected extends Models {
  readonly logged: readonly string[]
  readonly sent: readonly string[]
}

/** Connects a provider as the runtime does, with no variable set; `more` is given in place of what it would get. */
export async function connectProvider<C extends TSchema>(
  provider: Provider<C>,
  config: Static<C>,
  more: Partial<ProviderSetup<Static<C>>> = {},
): Promise<Connected> {
  const logged: string[] = []
  const sent: string[] = []
  const { scope } = testScope((text) => void logged.push(text))
  const ask = more.fetch ?? globalThis.fetch
  const models = await provider.connect({
    ...scope,
    config,
    store: memoryStore(),
    env: [],
    ...more,
    fetch: (input, init) => {
      if (typeof init?.body === 'string') sent.push(init.body)
      return ask(input, init)
    },
  })
  return { ...models, logged, sent }
}
