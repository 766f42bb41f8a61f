import { getJson, record, rowsOf, text, whole } from '@openclaw/provider-kit'
import type { Model } from '@openclaw/sdk'

/** Where an Ollama is, and what window its models are to have. */
export interface Server {
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly contextTokens: number
  readonly fetch: typeof fetch
}

/** What the server says of a model. */
export interface About {
  /** The window that its requests ask for; the same each time, since another one loads the model anew. */
  readonly contextTokens: number
  /** Undefined when the server is too old to say. */
  readonly can: readonly string[] | undefined
  readonly family: string
}

/**
 * Asks for the models that are there and can chat, each with its window. Throws a typed failure.
 * https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models
 */
export async function listModels(server: Server, signal: AbortSignal): Promise<Model[]> {
  const url = `${server.baseUrl}/api/tags`
  const { headers, fetch } = server
  const body = await getJson({ who: 'ollama', url, headers, fetch, signal })
  const names = rowsOf(record(body).models, 'ollama', url).flatMap(({ name }) =>
    typeof name === 'string' && name ? [name] : [],
  )
  const about = (id: string) => lookAt(server, id, signal).catch(() => unknown(server))
  const rows = await Promise.all(names.map(async (id) => ({ id, about: await about(id) })))
  return rows
    .filter(({ about: { can } }) => can?.includes('completion') ?? true)
    .map(({ id, about: { contextTokens, can } }) => ({
      id,
      contextTokens,
      ...(can ? { images: can.includes('vision'), thinking: can.includes('thinking') } : {}),
    }))
}

/** What there is to say of a model about which the server says nothing. */
export const unknown = ({ contextTokens }: Server): About => ({ contextTokens, can: undefined, family: '' })

/** Asks what a model can: https://github.com/ollama/ollama/blob/main/docs/api.md#show-model-information. */
export async function lookAt(server: Server, model: string, signal: AbortSignal): Promise<About> {
  const { baseUrl, headers, fetch } = server
  const url = `${baseUrl}/api/show`
  const body = record(await getJson({ who: 'ollama', url, headers, fetch, signal, body: { model } }))
  const info = record(body.model_info)
  const most = whole(info[`${text(info['general.architecture'])}.context_length`]) ?? Number.POSITIVE_INFINITY
  const set = /^num_ctx\s+(\d+)\s*$/m.exec(text(body.parameters))?.[1]
  return {
    contextTokens: set ? Number(set) : Math.min(server.contextTokens, most),
    can: Array.isArray(body.capabilities) ? body.capabilities.map(text) : undefined,
    family: text(record(body.details).family),
  }
}
