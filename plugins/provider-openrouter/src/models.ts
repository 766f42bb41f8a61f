import { getJson, record, rowsOf, whole, type Account, type Row } from '@openclaw/provider-kit'

/** Asks for all models that chat (https://openrouter.ai/docs/api-reference/list-available-models), with their prices. */
export async function listModels({ id, baseUrl, key, fetch }: Account, signal: AbortSignal): Promise<Row[]> {
  const url = `${baseUrl}/models`
  const body = await getJson({ who: id, url, headers: { authorization: `Bearer ${key}` }, fetch, signal })
  return rowsOf(record(body).data, id, url).flatMap(readModel)
}

function readModel(row: Record<string, unknown>): Row[] {
  const { input_modalities: inputs, output_modalities: outputs } = record(row.architecture)
  if (typeof row.id !== 'string' || !row.id) return []
  if (Array.isArray(outputs) && !outputs.includes('text')) return []
  const contextTokens = whole(row.context_length)
  const outputTokens = whole(record(row.top_provider).max_completion_tokens)
  const parameters = row.supported_parameters
  const price = readPrice(record(row.pricing))
  return [
    {
      id: row.id,
      ...(contextTokens ? { contextTokens } : {}),
      ...(outputTokens ? { outputTokens } : {}),
      ...(Array.isArray(inputs) ? { images: inputs.includes('image') } : {}),
      ...(Array.isArray(parameters) ? { thinking: parameters.includes('reasoning') } : {}),
      ...(price ? { price } : {}),
    },
  ]
}

/** Dollars for one token, as texts; a price below zero means that it depends. */
function readPrice({ prompt, completion, input_cache_read, input_cache_write }: Record<string, unknown>) {
  const perMillion = (text: unknown) => {
    const dollars = typeof text === 'string' && text ? Number(text) : Number.NaN
    return dollars >= 0 ? Math.round(dollars * 1e12) / 1e6 : undefined
  }
  const [input, output] = [perMillion(prompt), perMillion(completion)]
  if (input === undefined || output === undefined) return undefined
  const [cacheRead, cacheWrite] = [perMillion(input_cache_read), perMillion(input_cache_write)]
  return {
    input,
    output,
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  }
}
