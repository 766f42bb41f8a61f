import type { JSONObject, SharedV4ProviderMetadata } from '@ai-sdk/provider'

/** What goes to a vendor with a part, by the vendor's name. */
export type ProviderOptions = Record<string, JSONObject>

/** A keep as the runtime stores it: what the library said of a part, and the model that it is of. */
export function keepOf(model: string, said: object): { readonly model: string } {
  return { ...said, model }
}

/** What goes back to a model with a part. Undefined when another model made it: signatures are not for others to read. */
export function keptFor(model: string, keep: unknown): ProviderOptions | undefined {
  if (typeof keep !== 'object' || keep === null) return undefined
  // Before models were named, a keep went to every model of its provider.
  const { model: maker = model, ...said } = keep as { model?: unknown }
  return maker === model ? (said as ProviderOptions) : undefined
}

/**
 * Remembers what a library says of the parts of an answer that are still open (a signature, encrypted thinking), so
 * that it is given out once, when a part ends: some say it at the beginning, others with a piece in the middle.
 */
export function openKeeps() {
  const open = new Map<string, Record<string, Record<string, unknown>>>()
  return {
    /** Joins what was said of a part; a later value counts, and what is null says nothing. */
    add(id: string, said: SharedV4ProviderMetadata | undefined): void {
      if (!said) return
      const known = open.get(id) ?? {}
      for (const [vendor, values] of Object.entries(said)) {
        const news = Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== undefined)
        if (news.length > 0) known[vendor] = { ...known[vendor], ...Object.fromEntries(news) }
      }
      if (Object.keys(known).length > 0) open.set(id, known)
    },
    /** What was said of a part, and forgets it. Undefined when nothing was. */
    take(id: string): Record<string, Record<string, unknown>> | undefined {
      const known = open.get(id)
      open.delete(id)
      return known
    },
  }
}
