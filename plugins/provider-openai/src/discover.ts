import { offerOfServer, offersOfKeys } from '@openclaw/provider-kit'
import type { Offer } from '@openclaw/sdk'
import { listModels } from './models.ts'

/** A server that people run on their own machine, at its default address. */
export interface LocalServer {
  readonly label: string
  readonly baseUrl: string
}

/** Default ports, from each project's own documentation. */
export const localServers: readonly LocalServer[] = [
  { label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
]

/** Environment variables in which people keep a key, and the endpoint that the key is for. */
const keyVariables: Readonly<Record<string, { readonly label: string; readonly baseUrl: string }>> = {
  OPENAI_API_KEY: { label: 'OpenAI', baseUrl: 'https://api.openai.com/v1' },
  OPENROUTER_API_KEY: { label: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1' },
  GROQ_API_KEY: { label: 'Groq', baseUrl: 'https://api.groq.com/openai/v1' },
  DEEPSEEK_API_KEY: { label: 'DeepSeek', baseUrl: 'https://api.deepseek.com/v1' },
  MISTRAL_API_KEY: { label: 'Mistral', baseUrl: 'https://api.mistral.ai/v1' },
  TOGETHER_API_KEY: { label: 'Together', baseUrl: 'https://api.together.xyz/v1' },
  FIREWORKS_API_KEY: { label: 'Fireworks', baseUrl: 'https://api.fireworks.ai/inference/v1' },
  CEREBRAS_API_KEY: { label: 'Cerebras', baseUrl: 'https://api.cerebras.ai/v1' },
  XAI_API_KEY: { label: 'xAI', baseUrl: 'https://api.x.ai/v1' },
  GEMINI_API_KEY: { label: 'Gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' },
}

/**
 * What could be used here: servers that answer, and variables that hold something. Only looks; no key is read or
 * sent, and nothing is configured. Takes less than a second.
 */
export async function discover(
  {
    fetch,
    env,
    servers = localServers,
  }: { fetch: typeof globalThis.fetch; env: readonly string[]; servers?: readonly LocalServer[] },
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const found = await Promise.all(
    servers.map(({ label, baseUrl }) =>
      offerOfServer(
        { label, config: { baseUrl } },
        (stop) => listModels({ baseUrl, headers: {} }, fetch, stop),
        signal,
      ),
    ),
  )
  const variables = Object.entries(keyVariables).map(([name, { label, baseUrl }]) => [
    name,
    { label, config: { baseUrl } },
  ])
  return [...found.flat(), ...offersOfKeys(Object.fromEntries(variables), env)]
}
