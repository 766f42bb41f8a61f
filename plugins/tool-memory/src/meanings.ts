import { createHash } from 'node:crypto'
import { failure, type Store } from '@openclaw/sdk'
import type { Passage } from './passages.ts'

/** Where meanings come from; see the configuration. */
export interface Embeddings {
  readonly url: string
  readonly model: string
  readonly key?: string
}

/** Most texts of one request. */
const maxBatch = 100
/** Likeness below that is chance. */
const leastLike = 0.25

/**
 * The passages that mean what a query says, best first. What a passage means is asked for once and kept in the store,
 * apart for each workspace; what is no longer in its notes is dropped there. Rejects with `unavailable` or
 * `unauthorized` when the service does not answer.
 */
export async function findMeanings(
  passages: readonly Passage[],
  query: string,
  given: {
    readonly embeddings: Embeddings
    readonly store: Store
    readonly root: string
    readonly signal: AbortSignal
  },
): Promise<Passage[]> {
  const { embeddings, store, root, signal } = given
  const name = `meanings-${digestOf(root)}`
  const kept = await readKept(store, name)
  const texts = new Map(
    passages.map(({ heading, text }) => [digestOf(embeddings.model, heading, text), `${heading}\n${text}`]),
  )
  const known = new Map([...kept].filter(([digest]) => texts.has(digest)))
  const missing = [...texts].filter(([digest]) => !known.has(digest))
  for (let from = 0; from < missing.length; from += maxBatch) {
    const batch = missing.slice(from, from + maxBatch)
    const vectors = await embed(
      embeddings,
      batch.map(([, text]) => text),
      signal,
    )
    for (const [at, [digest]] of batch.entries()) known.set(digest, vectors[at]!)
  }
  if (missing.length > 0 || known.size !== kept.size) await store.set(name, writeKept(known))
  const [wanted] = await embed(embeddings, [query], signal)
  return passages
    .map((passage) => {
      const vector = known.get(digestOf(embeddings.model, passage.heading, passage.text))!
      return { passage, like: likeness(wanted!, vector) }
    })
    .filter(({ like }) => like >= leastLike)
    .toSorted((one, other) => other.like - one.like)
    .map(({ passage }) => passage)
}

/** Asks for vectors (https://platform.openai.com/docs/api-reference/embeddings). */
async function embed(
  { url, model, key }: Embeddings,
  input: readonly string[],
  signal: AbortSignal,
): Promise<number[][]> {
  const answer = await fetch(`${url.replace(/\/+$/, '')}/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ model, input }),
    // The key goes nowhere else.
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  }).catch((cause: unknown) => {
    throw failure('unavailable', 'the service for embeddings does not answer', { cause })
  })
  if (answer.status === 401 || answer.status === 403)
    throw failure(
      'unauthorized',
      'the service for embeddings refuses the key; set plugins.memory.config.embeddings anew',
    )
  if (!answer.ok) throw failure('unavailable', `the service for embeddings answered ${answer.status}`)
  const { data } = (await answer.json()) as { data?: { index?: number; embedding?: unknown }[] }
  const vectors = (data ?? [])
    .toSorted((one, other) => (one.index ?? 0) - (other.index ?? 0))
    .map(({ embedding }) => embedding)
  if (vectors.length !== input.length || !vectors.every((one): one is number[] => Array.isArray(one)))
    throw failure('unavailable', 'the service for embeddings answered what is no list of vectors')
  return vectors
}

function likeness(one: readonly number[], other: readonly number[]): number {
  if (one.length !== other.length) return 0
  let [both, first, second] = [0, 0, 0]
  for (const [at, value] of one.entries()) {
    both += value * other[at]!
    first += value * value
    second += other[at]! * other[at]!
  }
  return both / (Math.sqrt(first * second) || 1)
}

const digestOf = (...parts: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)

async function readKept(store: Store, name: string): Promise<Map<string, number[]>> {
  const bytes = await store.get(name)
  try {
    return new Map(bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as [string, number[]][]) : [])
  } catch {
    // It can be asked for again.
    return new Map()
  }
}

const writeKept = (kept: ReadonlyMap<string, number[]>) => new TextEncoder().encode(JSON.stringify([...kept]))
