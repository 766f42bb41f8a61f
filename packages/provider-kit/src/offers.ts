import type { Offer } from '@openclaw/sdk'

/** Time that a look at this machine may take. */
const probeMs = 800

/** Offers of the variables among these that hold something. Values are neither read nor sent. */
export function offersOfKeys(
  variables: Readonly<Record<string, { readonly label: string; readonly config?: Readonly<Record<string, unknown>> }>>,
  env: readonly string[],
): Offer[] {
  return Object.entries(variables)
    .filter(([name]) => env.includes(name))
    .map(([name, { label, config }]) => ({
      label: `${label} with the key in ${name}`,
      config: { ...config, key: `env:${name}` },
      env: name,
      models: [],
    }))
}

/** The offer of a server on this machine, when it answers with its models in time; else none. */
export async function offerOfServer(
  server: { readonly label: string; readonly config: Offer['config'] },
  list: (signal: AbortSignal) => Promise<readonly { readonly id: string }[]>,
  signal: AbortSignal,
): Promise<Offer[]> {
  try {
    const models = await list(AbortSignal.any([signal, AbortSignal.timeout(probeMs)]))
    return [{ label: `${server.label} on this machine`, config: server.config, models: models.map(({ id }) => id) }]
  } catch {
    // Nothing there, or something else: that is what most machines answer.
    return []
  }
}
