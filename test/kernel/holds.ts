import type { TestKernel } from '@openclaw/testing'

/** What a home holds, as its gateway tells it. */
export interface Holds {
  /** Texts of people and of the agent by session, in order; an erased line is null. */
  readonly sessions: Readonly<Record<string, readonly (string | null)[]>>
  /** Texts of deliveries by what became of them. */
  readonly deliveries: Readonly<Record<string, readonly string[]>>
  /** Sessions of parked runs. */
  readonly parked: readonly string[]
}

/** Asks a running house for everything in it. */
export async function readHouse(house: TestKernel): Promise<Holds> {
  const { sessions } = await house.call('sessions.list', { limit: 100 })
  const said: Record<string, (string | null)[]> = {}
  for (const key of sessions.map(({ key }) => key).sort()) {
    const { lines } = await house.call('chat.history', { session: key, limit: 1000 })
    said[key] = lines.flatMap(({ kind, body }) => (kind === 'user' || kind === 'assistant' ? textsOf(body) : []))
  }
  const { deliveries } = await house.call('deliveries.list', {})
  const { runs } = await house.call('runs.parked', {})
  return {
    sessions: said,
    deliveries: Object.fromEntries(
      [...Map.groupBy(deliveries, ({ state }) => state)].map(([state, some]) => [state, some.map(({ text }) => text)]),
    ),
    parked: runs.map(({ session }) => session),
  }
}

function textsOf(body: unknown): (string | null)[] {
  if (body === undefined) return [null]
  const { text, content } = body as { text?: string; content?: { type: string; text?: string }[] }
  return text === undefined ? (content ?? []).flatMap((part) => part.text ?? []) : [text]
}
