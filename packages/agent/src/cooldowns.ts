/** Why a key or a model is left alone: the failure's reason, else its code. */
export type Why = string

/**
 * Keys and models that are to be left alone for a while, by key, model and reason. They are passed over while another
 * can answer.
 */
export interface Cooldowns {
  /** Milliseconds until this key of the provider may ask the model; 0 when it may now. */
  left(model: string, key: number): number
  /** Leaves a key alone, or with `all` every key of the model's provider, for so long from now. */
  add(model: string, key: number | 'all', why: Why, ms: number): void
  /** What this key was left alone for is over: it has answered. */
  clear(model: string, key: number): void
}

/** Opens an empty list. */
export function openCooldowns(clock: { now(): number }): Cooldowns {
  const models = new Map<string, Map<string, number>>()
  const concerns = (entry: string, key: number) => entry.startsWith(`${key}/`) || entry.startsWith('all/')
  return {
    left(model, key) {
      const now = clock.now()
      const until = [...(models.get(model) ?? [])].filter(([entry]) => concerns(entry, key)).map(([, at]) => at - now)
      return Math.max(0, ...until)
    },
    add(model, key, why, ms) {
      const entries = models.get(model) ?? new Map<string, number>()
      models.set(model, entries.set(`${key}/${why}`, clock.now() + ms))
    },
    clear(model, key) {
      const entries = models.get(model)
      for (const entry of entries?.keys() ?? []) if (concerns(entry, key)) entries!.delete(entry)
      if (entries?.size === 0) models.delete(model)
    },
  }
}
