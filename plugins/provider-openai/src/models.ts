import { getJson, record, rowsOf, whole } from '@openclaw/provider-kit'
import type { Model } from '@openclaw/sdk'
import type { Endpoint } from './endpoint.ts'

/** Names of models that do not chat, which OpenAI lists among those that do. */
const otherKinds =
  /embed|whisper|tts|dall-e|moderation|transcribe|realtime|gpt-image|gpt-audio|sora|babbage|davinci|rerank/i

/**
 * Asks an endpoint for its models (`GET /models`). Knows the further fields of OpenRouter, vLLM, llama.cpp and
 * LM Studio. Throws a typed failure.
 */
export async function listModels(
  { baseUrl, headers }: Pick<Endpoint, 'baseUrl' | 'headers'>,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Model[]> {
  const url = `${baseUrl}/models`
  const body = await getJson({ who: 'openai', url, headers, fetch, signal })
  const rows = rowsOf(Array.isArray(body) ? body : (record(body).data ?? record(body).models), 'openai', url)
  return rows.flatMap(readModel).filter(({ id }) => !otherKinds.test(id))
}

function readModel(row: Record<string, unknown>): Model[] {
  const id = row.id ?? row.name
  if (typeof id !== 'string' || !id) return []
  const context = whole(
    row.context_length ??
      row.max_model_len ??
      row.max_context_length ??
      record(row.meta).n_ctx ??
      record(row.meta).n_ctx_train,
  )
  const output = whole(record(row.top_provider).max_completion_tokens)
  const inputs = record(row.architecture).input_modalities
  const parameters = row.supported_parameters
  return [
    {
      id,
      ...(context ? { contextTokens: context } : {}),
      ...(output ? { outputTokens: output } : {}),
      ...(Array.isArray(inputs) ? { images: inputs.includes('image') } : {}),
      ...(Array.isArray(parameters) ? { thinking: parameters.includes('reasoning') } : {}),
    },
  ]
}
