import { getJson, record, rowsOf, whole, type Account } from '@openclaw/provider-kit'
import type { Model } from '@openclaw/sdk'

/** Asks for the models of the account (https://platform.claude.com/docs/en/api/models/list). Throws a typed failure. */
export async function listModels({ id, baseUrl, key, fetch }: Account, signal: AbortSignal): Promise<Model[]> {
  const url = `${baseUrl}/models?limit=1000`
  const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
  const body = await getJson({ who: id, url, headers, fetch, signal })
  return rowsOf(record(body).data, id, url).flatMap(readModel)
}

function readModel(row: Record<string, unknown>): Model[] {
  if (typeof row.id !== 'string' || !row.id) return []
  const contextTokens = whole(row.max_input_tokens)
  const outputTokens = whole(row.max_tokens)
  const capabilities = record(row.capabilities)
  const can = (name: string) => {
    const { supported } = record(capabilities[name])
    return typeof supported === 'boolean' ? supported : undefined
  }
  const [images, thinking] = [can('image_input'), can('thinking')]
  return [
    {
      id: row.id,
      ...(contextTokens ? { contextTokens } : {}),
      ...(outputTokens ? { outputTokens } : {}),
      ...(images === undefined ? {} : { images }),
      ...(thinking === undefined ? {} : { thinking }),
    },
  ]
}
