/** What Telegram answers instead of a result (https://core.telegram.org/bots/api#making-requests). */
export interface Refusal {
  readonly status: number
  readonly description: string
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number }
}

/** An error that carries a {@link Refusal}, for a method to throw. */
export function refuse(status: number, description: string, parameters?: Refusal['parameters']): Error & Refusal {
  return Object.assign(new Error(description), { status, description, ...(parameters ? { parameters } : {}) })
}

/** Reads the refusal out of what was thrown; undefined when it is none. */
export function toRefusal(thrown: unknown): Refusal | undefined {
  const known = typeof thrown === 'object' && thrown !== null && 'status' in thrown && 'description' in thrown
  return known ? (thrown as Refusal) : undefined
}
