import {
  closed,
  Secret,
  type Failure,
  type ModelInfo as WireModel,
  type ModelOffer as WireOffer,
  type Thinking,
  type Usage,
} from '@openclaw/protocol'
import Type, { type Static, type TSchema } from 'typebox'
import type { Scope, Store } from './scope.ts'

/** A model, without the provider's prefix. */
export type Model = Static<typeof WireModel>
/** Something noticed on this machine that could be used: a local server, a key variable. Never used unasked. */
export type Offer = Omit<Static<typeof WireOffer>, 'provider'>

/** Text, or a file with its bytes: the runtime reads media before it asks. */
export type ModelContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'file'; readonly mime: string; readonly name?: string; readonly bytes: Uint8Array }

/** `keep` is what this provider gave with the part (a signature); it comes back to it unread, and to no other. */
export type ModelPart =
  | { readonly type: 'text' | 'thinking'; readonly text: string; readonly keep?: unknown }
  | {
      readonly type: 'call'
      readonly id: string
      readonly name: string
      readonly input: unknown
      readonly keep?: unknown
    }

/** Every call has exactly one result, in the turns right after it; turns never begin with an assistant. */
export type ModelTurn =
  | { readonly role: 'user'; readonly content: readonly ModelContent[] }
  | { readonly role: 'assistant'; readonly content: readonly ModelPart[] }
  | {
      readonly role: 'tool'
      readonly call: string
      readonly name: string
      readonly content: readonly ModelContent[]
      readonly failed: boolean
    }

export interface ModelRequest {
  /** Without the provider's prefix. */
  readonly model: string
  readonly system: string
  readonly turns: readonly ModelTurn[]
  readonly tools: readonly { readonly name: string; readonly description: string; readonly input: TSchema }[]
  readonly thinking?: Thinking
  readonly maxOutputTokens?: number
  /** Stable for a session; providers with prompt caches may use it as a key. */
  readonly session: string
  /** True in the owner's own page and CLI only. */
  readonly local: boolean
}

/**
 * What a provider says. Exactly one `done` or `failed`, and it is last; after the first event nothing is thrown.
 * Tool inputs arrive complete. Usage is always on `done`. `keep` on a part's end belongs to that part.
 */
export type ModelEvent =
  | { readonly type: 'text' | 'thinking'; readonly delta: string; readonly keep?: unknown }
  | {
      readonly type: 'call'
      readonly id: string
      readonly name: string
      readonly input: unknown
      readonly keep?: unknown
    }
  | { readonly type: 'done'; readonly stop: 'end' | 'tool' | 'length'; readonly usage: Usage }
  | { readonly type: 'failed'; readonly failure: Failure & { readonly reason?: 'overflow' | 'overload' | 'refused' } }

/** A provider that is ready to be asked. */
export interface Models {
  models(signal: AbortSignal): Promise<readonly Model[]>
  /** Ends within 1 s after the signal, with `failed` and code `aborted`. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>
  /** Looks at well-known local ports and variables; at most 1 s. */
  discover?(signal: AbortSignal): Promise<readonly Offer[]>
}

export interface ProviderSetup<C = unknown> extends Scope {
  /** With its secrets filled in. */
  readonly config: C
  readonly store: Store
  readonly fetch: typeof fetch
  /** Names of environment variables that hold something; values come only through a secret reference. */
  readonly env: readonly string[]
}

export interface Provider<C extends TSchema = TSchema> {
  /** First part of its model ids. */
  readonly id: string
  readonly config: C
  connect(setup: ProviderSetup<Static<C>>): Models | Promise<Models>
}

/** Declares the `provider` entry of a plugin; the default export of its module. */
export function defineProvider<const C extends TSchema>(provider: Provider<C>): Provider<C> {
  return provider
}

const dollars = (description: string) => Type.Number({ minimum: 0, description })

/** What a provider with a price list lets people set; spread it into the plugin's configuration. */
export const modelSettings = {
  models: Type.Optional(
    Type.Array(
      closed({
        id: Type.String({ minLength: 1 }),
        contextTokens: Type.Optional(Type.Integer({ minimum: 1 })),
        outputTokens: Type.Optional(Type.Integer({ minimum: 1 })),
        images: Type.Optional(Type.Boolean()),
        thinking: Type.Optional(Type.Boolean()),
      }),
      { description: 'Models to offer, in place of those that the endpoint lists.' },
    ),
  ),
  prices: Type.Optional(
    Type.Record(
      Type.String(),
      closed({
        input: dollars('Tokens read.'),
        cacheRead: Type.Optional(dollars('Tokens read from the cache; as `input` when absent.')),
        cacheWrite: Type.Optional(dollars('Tokens written to the cache; as `input` when absent.')),
        output: dollars('Tokens written, thinking included.'),
      }),
      { description: 'Prices by model, in US dollars for a million tokens, in place of the known ones.' },
    ),
  ),
}

/**
 * The keys of a vendor; spread them into the plugin's configuration. A provider is connected once for each key of the
 * pool, always with that one as `key`: which of them is used when is the runtime's business.
 */
export const keySettings = (boundTo: string) => ({
  key: Type.Optional(Secret({ boundTo, description: 'Key of the account.' })),
  keys: Type.Optional(
    Type.Array(Secret({}), {
      description: 'Further keys, as references like `env:NAME`, that are used in turn when one must wait.',
    }),
  ),
})
