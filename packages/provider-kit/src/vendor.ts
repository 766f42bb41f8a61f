import type { Model as Listed, ModelEvent, ModelRequest, Models, Offer } from '@openclaw/sdk'
import { catalog, rowOf } from './catalog.ts'
import type { Cost } from './events.ts'
import { openModels } from './models.ts'
import { costOf, type Price, type Rates } from './prices.ts'
import { streamModel, type Model, type StreamOptions } from './stream.ts'

/** A model as a vendor's own list says it, with its price where the list has one. */
export type Row = Listed & { readonly price?: Price }

/** What a provider plugin says of its vendor; the rest is the same for all. */
export interface Vendor {
  /** The provider's id; begins every failure's message. */
  readonly id: string
  /** Whose rows of the catalog count; `id` when absent. */
  readonly catalog?: string
  readonly config: {
    readonly models?: readonly Listed[]
    readonly prices?: Readonly<Record<string, Rates>>
  }
  /** Why nobody is asked yet: nothing is configured. A fresh machine talks to no vendor. */
  readonly unset?: string | undefined
  /** Loads the vendor's library, with the first question and not before. */
  load(): Promise<(model: string) => Model>
  /** Asks the vendor for its models. */
  list(signal: AbortSignal): Promise<readonly Row[]>
  /** What goes with a request to this vendor. */
  options?(request: ModelRequest): Omit<StreamOptions, 'name' | 'cost'>
  /** What the vendor itself says that a call cost; it counts more than any price. */
  said?(raw: unknown): number | undefined
  discover?(signal: AbortSignal): Promise<readonly Offer[]>
}

/** A vendor's models, with limits and prices from its list, the catalog and the configuration. */
export function connectVendor(vendor: Vendor): Models {
  const { id, config, unset } = vendor
  const known = catalog[vendor.catalog ?? id] ?? {}
  const models = openModels(() => vendor.load())
  const listed: Record<string, Price> = {}

  const priceOf = (model: string) => rowOf(config.prices ?? {}, model) ?? listed[model] ?? rowOf(known, model)?.price
  const costFor =
    (model: string): Cost =>
    (tokens, raw) => {
      const said = vendor.said?.(raw)
      if (said !== undefined) return said
      const price = priceOf(model)
      return price && costOf(price, tokens)
    }
  const withLimits = ({ price, ...model }: Row): Listed => {
    if (price) listed[model.id] = price
    const { price: _, ...limits } = rowOf(known, model.id) ?? {}
    return { ...limits, ...model }
  }

  return {
    async models(signal) {
      if (config.models) return config.models.map(withLimits)
      return unset === undefined ? (await vendor.list(signal)).map(withLimits) : []
    },
    stream(request, signal) {
      if (unset !== undefined) return refuse(unset)
      const options = { ...vendor.options?.(request), name: id, cost: costFor(request.model) }
      return streamModel(models(request.model), request, signal, options)
    },
    ...(vendor.discover ? { discover: (signal: AbortSignal) => vendor.discover!(signal) } : {}),
  }
}

async function* refuse(message: string): AsyncGenerator<ModelEvent> {
  yield { type: 'failed', failure: { code: 'unauthorized', message } }
}
