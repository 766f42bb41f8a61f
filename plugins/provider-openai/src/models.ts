import { failure, type Model } from '@openclaw/sdk'
import { readFailure } from '@openclaw/provider-kit'
import type { Endpoint } from './endpoint.ts'

/** Names of models that do not chat, which OpenAI lists among those that do. */
const otherKinds =
  /embed|whisper|tts|dall-e|moderation|transcribe|realtime|gpt-image|gpt-audio|sora|babbage|davinci|rerank/i

/**
 * Asks an endpoint for its models (`GET /models`). Knows the further fields of OpenRouter, vLLM, llama.cpp and
 * LM Studio. Throws a typed failure.
 */
export async function listModels(
  endpoint: Pick<Endpoint, 'baseUrl' | 'headers'>,
  ask: typeof fetch,
  signal: AbortSignal,
): Promise<Model[]> {
  const url = `${endpoint.baseUrl}/models`
  const body = await getJson(url, { headers: { ...endpoint.headers, accept: 'application/json' }, signal }, ask)
  const rows = Array.isArray(body) ? body : (record(body).data ?? record(body).models)
  if (!Array.isArray(rows))
    throw failure('unavailable', `openai: ${url} did not answer with a list of models; check baseUrl`)
  return rows.flatMap((row) => readModel(record(row))).filter(({ id }) => !otherKinds.test(id))
}

async function getJson(url: string, init: RequestInit, ask: typeof fetch): Promise<unknown> {
  try {
    const response = await ask(url, init)
    if (response.ok) return await response.json()
    const { error, ...body } = record(await response.json().catch(() => ({})))
    const said = record(error ?? body)
    const answer = { status: response.status, responseHeaders: Object.fromEntries(response.headers), code: said.code }
    throw Object.assign(new Error(typeof said.message === 'string' ? said.message : response.statusText), answer)
  } catch (thrown) {
    const { code, message, retryAfterMs } = readFailure(thrown, `openai: asking ${url}`)
    throw failure(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
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

function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
