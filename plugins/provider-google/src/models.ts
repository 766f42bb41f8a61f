import { getJson, record, rowsOf, whole, type Account } from '@openclaw/provider-kit'
import type { Model } from '@openclaw/sdk'

/** Names of models that do not chat, or only aloud. */
const otherKinds = /embedding|tts|image|imagen|veo|aqa|robotics|computer-use|native-audio|live|lyria/i

/** Asks for the models of the account (https://ai.google.dev/api/models#method:-models.list). Throws a typed failure. */
export async function listModels({ id, baseUrl, key, fetch }: Account, signal: AbortSignal): Promise<Model[]> {
  const url = `${baseUrl}/models?pageSize=1000`
  const body = await getJson({ who: id, url, headers: { 'x-goog-api-key': key }, fetch, signal })
  return rowsOf(record(body).models, id, url)
    .flatMap(readModel)
    .filter((model) => !otherKinds.test(model.id))
}

function readModel(row: Record<string, unknown>): Model[] {
  const { name, supportedGenerationMethods: methods, thinking } = row
  if (typeof name !== 'string' || !Array.isArray(methods) || !methods.includes('generateContent')) return []
  const contextTokens = whole(row.inputTokenLimit)
  const outputTokens = whole(row.outputTokenLimit)
  return [
    {
      id: name.replace(/^models\//, ''),
      ...(contextTokens ? { contextTokens } : {}),
      ...(outputTokens ? { outputTokens } : {}),
      ...(typeof thinking === 'boolean' ? { thinking } : {}),
    },
  ]
}
