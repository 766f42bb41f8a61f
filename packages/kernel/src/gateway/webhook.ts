import { failure } from '@openclaw/protocol'
import { refusal } from './headers.ts'

/** What a channel account serves under `/webhooks/<channel>/<account>`. */
export interface Webhook {
  /** Sees the raw body first; what it refuses answers 401 and goes no further. */
  verify(request: Request, body: Uint8Array): boolean | Promise<boolean>
  handle(request: Request, body: Uint8Array): Response | Promise<Response>
}

/**
 * Reads the raw body within its limit, has it verified, and only then hands it on. Whatever cannot be verified is
 * answered 401 alike: too large, unsigned, wrong.
 */
export async function serveWebhook(
  webhook: Webhook,
  request: Request,
  maxBytes: number,
  warn: (text: string, thrown?: unknown) => void,
): Promise<Response> {
  const refuse = (why: string) => {
    warn(`a webhook call was refused: ${why}`)
    return refusal(failure('unauthorized', 'this call could not be verified'))
  }
  const body = await readBody(request, maxBytes)
  if (!body) return refuse(`its body is larger than ${maxBytes} bytes`)
  // The body is read already; what is handed on has the head only.
  const head = new Request(request.url, { method: request.method, headers: request.headers })
  let verified = false
  try {
    verified = await webhook.verify(head, body)
  } catch (thrown) {
    warn('verifying a webhook call threw', thrown)
  }
  return verified ? webhook.handle(head, body) : refuse('verify said no')
}

/** The whole body; undefined, without reading on, when it is larger than allowed. */
async function readBody(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.length
    if (size > maxBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
