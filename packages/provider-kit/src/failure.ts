import { toFailure, type ErrorCode, type ModelEvent } from '@openclaw/sdk'
import { readRetryAfter } from './retry.ts'

/** A failure as `failed` carries it: typed, and with the reason that the runtime acts on. */
export type ModelFailure = Extract<ModelEvent, { type: 'failed' }>['failure']
type Reason = NonNullable<ModelFailure['reason']>

/** What there is to know of an error, from whichever of the many shapes that vendors use. */
interface Seen {
  readonly status: number | undefined
  readonly words: string
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
}

// The wording of vendors and servers for a request that is longer than the model's window: OpenAI, Anthropic, Gemini,
// Mistral, xAI, Together, OpenRouter, Ollama, llama.cpp, LM Studio and vLLM.
const overflow = new RegExp(
  [
    'context[_ ](length|window|size)',
    'maximum (context|prompt) length',
    "exceed(s|ed)? (the )?(available |maximum |model'?s )?(context|number of tokens|input)",
    'too many (input )?tokens',
    '(prompt|input) is too long',
    'too large for model with',
    'request_too_large',
    'input token count',
    'reduce the length',
  ].join('|'),
  'i',
)
const overload = /overloaded|over capacity|at capacity|engine_overloaded/i
const noCredit = /insufficient_quota|insufficient credits|credit balance|billing/i
const badKey = /invalid_api_key|authentication_error|incorrect api key|API_KEY_INVALID|api key not valid/i
const refused =
  /content_filter|content_policy|responsible_?ai|flagged|prohibited_content|(blocked|rejected).{0,40}safety|safety (system|reasons)|usage polic/i
const network =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR|fetch failed|terminated|socket|cannot connect|timed? ?out/i

/**
 * Reads what a provider's library threw, or put into its stream, as a typed failure. `who` begins the message, e.g.
 * `openai/gpt-5`. Never contains the request, and of the vendor's own words at most 300 characters.
 */
export function readFailure(thrown: unknown, who: string, now: number = Date.now()): ModelFailure {
  if (isAbort(thrown)) return { code: 'aborted', message: `${who}: the request was stopped` }
  const seen = look(thrown)
  const { code, reason, advice } = judge(seen)
  const retryAfterMs =
    code === 'rate_limited' || code === 'unavailable' ? readRetryAfter(seen.headers, seen.words, now) : undefined
  const said = seen.message && !advice.includes(seen.message) ? `: ${shorten(seen.message)}` : ''
  return {
    code,
    message: `${who}: ${advice}${seen.status ? ` (${seen.status})` : ''}${said}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(reason ? { reason } : {}),
  }
}

function judge({ status, words }: Seen): { code: ErrorCode; reason?: Reason; advice: string } {
  if (status === 413 || overflow.test(words))
    return { code: 'invalid_params', reason: 'overflow', advice: 'the conversation is longer than the model can read' }
  if (status === 402 || noCredit.test(words))
    return { code: 'forbidden', advice: 'the account has no credit left; add some with the vendor' }
  if (status === 401 || badKey.test(words))
    return { code: 'unauthorized', advice: 'the key was refused; set a new one with `openclaw models auth`' }
  if (status === 429 || /rate_?limit/i.test(words))
    return { code: 'rate_limited', advice: 'too many requests; wait before asking again' }
  if (status === 529 || overload.test(words))
    return { code: 'unavailable', reason: 'overload', advice: 'the vendor is overloaded; try again later' }
  if (refused.test(words)) return { code: 'forbidden', reason: 'refused', advice: 'the vendor refused the content' }
  if (status === 403) return { code: 'forbidden', advice: 'this key may not use the model; check the account' }
  if (status === 404 || /model_not_found/.test(words))
    return { code: 'not_found', advice: 'there is no such model or address; see `openclaw models list`' }
  if (status === 503)
    return { code: 'unavailable', reason: 'overload', advice: 'the vendor is overloaded; try again later' }
  if (status === 408 || (status !== undefined && status >= 500))
    return { code: 'unavailable', advice: 'the vendor has a problem; try again later' }
  if (status !== undefined && status >= 400) return { code: 'invalid_params', advice: 'the request was refused' }
  if (network.test(words))
    return { code: 'unavailable', advice: 'the connection failed; check the address and whether the server runs' }
  return { code: 'unavailable', advice: 'the answer could not be read' }
}

/** Looks into an `APICallError`, an error chunk, or a chain of causes, by shape: classes of two copies differ. */
function look(thrown: unknown): Seen {
  const words: string[] = []
  let status: number | undefined
  let headers: Readonly<Record<string, string>> = {}
  let message = ''
  for (let one = thrown, depth = 0; typeof one === 'object' && one !== null && depth < 6; depth++) {
    const error = one as Record<string, unknown>
    // OpenRouter and others put the status into the chunk's `code`.
    const number = [error.statusCode, error.status, error.code].map(Number).find((value) => value >= 400 && value < 600)
    status ??= number
    if (isStrings(error.responseHeaders)) headers = { ...error.responseHeaders, ...headers }
    for (const key of ['name', 'message', 'code', 'type', 'responseBody'])
      if (typeof error[key] === 'string') words.push(error[key])
    if (!message && typeof error.message === 'string') message = error.message
    one = error.cause ?? error.error ?? error.data
  }
  if (typeof thrown === 'string') words.push((message = thrown))
  return { status, headers, message, words: words.join(' ').slice(0, 20_000) }
}

function isAbort(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    ((thrown as Error).name === 'AbortError' || toFailure(thrown).code === 'aborted')
  )
}

function isStrings(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
