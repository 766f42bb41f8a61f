import { timingSafeEqual } from 'node:crypto'
import { defineChannel, failure, type Account, type Inbound } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { account } from './config.ts'

/** What is posted to `/webhooks/example/<account>`. */
const Note = Type.Object({ id: Type.String(), from: Type.String(), text: Type.String() })

/** A platform for everything that can post JSON: messages come to a webhook, answers are posted to an address. */
export default defineChannel({
  id: 'example',
  account,
  traits: { maxText: 2000, lengthUnit: 'utf16', markup: 'plain', delivery: 'at-least-once' },
  async connect(account) {
    account.webhook({
      verify: (request) => same(request.headers.get('x-example-secret') ?? '', account.config.secret),
      handle: (_, body) => receive(account, body),
    })
    account.report('online')
    return {
      async send({ peer, text, idempotencyKey }, signal) {
        await post(account, { to: peer.id, text, id: idempotencyKey }, signal)
        return { messages: [idempotencyKey] }
      },
      async [Symbol.asyncDispose]() {},
    }
  },
})

type ExampleAccount = Account<Static<typeof account>>

/** Answers 202 only when the message is durable; until then the platform must send it again. */
async function receive(account: ExampleAccount, body: Uint8Array): Promise<Response> {
  const note = parse(new TextDecoder().decode(body))
  if (!Value.Check(Note, note)) return new Response('{ id, from, text } is wanted\n', { status: 400 })
  await account.receive(inboundOf(note))
  return new Response(null, { status: 202 })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function inboundOf({ id, from, text }: Static<typeof Note>): Inbound {
  return {
    event: id,
    message: id,
    kind: 'message',
    peer: { kind: 'direct', id: from },
    sender: { id: from },
    text,
    atMs: Date.now(),
  }
}

async function post({ id, config, fetch }: ExampleAccount, answer: object, signal: AbortSignal): Promise<void> {
  const response = await fetch(config.replyTo, {
    method: 'POST',
    body: JSON.stringify(answer),
    headers: { 'content-type': 'application/json' },
    signal,
  })
  if (response.ok) return
  const retryAfterMs = Number(response.headers.get('retry-after') ?? 1) * 1000
  if (response.status === 429)
    throw failure('rate_limited', `example/${id}: ${config.replyTo} asks to wait`, { retryAfterMs })
  throw failure('unavailable', `example/${id}: ${config.replyTo} answered ${response.status}; is it the right address?`)
}

/** Compares in constant time, so that nobody can guess the secret letter by letter. */
function same(given: string, secret: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(secret)]
  return one.length === other.length && timingSafeEqual(one, other)
}
