import { createHash } from 'node:crypto'
import type { Store } from '@openclaw/sdk'

/** A tool as its server describes it. */
export interface Described {
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * What is kept of a server: the tools that the owner accepted, and those that it had when it was last asked. What a
 * server says of its tools goes into the prompt, so what it says later than on the day it was set up waits for a yes
 * (https://modelcontextprotocol.io/specification/2025-06-18/server/tools#security-considerations).
 */
export interface Catalog {
  /** Of the command or address: with another one it is another server. */
  readonly identity: string
  readonly accepted: readonly Described[]
  readonly seen: readonly Described[]
}

/** Names a list of tools, whatever its order: what the owner writes to accept it. */
export function digestOf(tools: readonly Described[]): string {
  const sorted = tools.map((tool) => stable(tool)).toSorted()
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12)
}

/** The catalog after a server was asked. A server that is new is accepted as it is: it was just set up by hand. */
export function update(
  known: Catalog | undefined,
  { identity, seen, accept }: { identity: string; seen: readonly Described[]; accept: string | undefined },
): Catalog {
  if (known?.identity !== identity || accept === digestOf(seen)) return { identity, accepted: seen, seen }
  return { identity, accepted: known.accepted, seen }
}

/** Names of accepted tools that the server describes otherwise now or has no more, and of tools that came later. */
export function differences({ accepted, seen }: Catalog): {
  readonly changed: readonly string[]
  readonly added: readonly string[]
} {
  const now = new Map(seen.map((tool) => [tool.name, stable(tool)]))
  const before = new Set(accepted.map(({ name }) => name))
  return {
    changed: accepted.filter((tool) => now.get(tool.name) !== stable(tool)).map(({ name }) => name),
    added: seen.map(({ name }) => name).filter((name) => !before.has(name)),
  }
}

const keyOf = (server: string) => `server-${server}`

/** What is kept of a server; undefined when nothing is, or nothing that can be read. */
export async function load(store: Store, server: string): Promise<Catalog | undefined> {
  const bytes = await store.get(keyOf(server))
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Catalog)
  } catch {
    return undefined
  }
}

/** Keeps it, so that the next start of the gateway needs none of the server. */
export async function save(store: Store, server: string, catalog: Catalog): Promise<void> {
  await store.set(keyOf(server), new TextEncoder().encode(JSON.stringify(catalog)))
}

/** JSON with sorted keys: the order in which a server writes them says nothing. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
