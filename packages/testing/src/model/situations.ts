/**
 * What the counterpart does when it is asked: answers with text; calls the tool `look` with `{ "place": … }`; thinks
 * with a signature and then calls `look`; says that 40 of the tokens it read came from its cache; never answers; sends
 * the first piece and then nothing; asks to wait a second (429); refuses the key (401); fails (500); is overloaded; says
 * that the conversation is too long; breaks the connection in the middle of an answer; sends what is not its shape.
 */
export type Situation =
  | 'answers'
  | 'calls'
  | 'signs'
  | 'caches'
  | 'hangs'
  | 'stalls'
  | 'limited'
  | 'unauthorized'
  | 'fails'
  | 'overloaded'
  | 'overflows'
  | 'breaks'
  | 'garbles'

/** What aimock answers, and how. */
type Aimock = readonly [
  response:
    | { content: string }
    | { toolCalls: { name: string; arguments: string }[]; reasoning?: string }
    | { error: { message: string }; status: number; retryAfter: number },
  options: {
    latency?: number
    chunkSize?: number
    truncateAfterChunks?: number
    streamingProfile?: { ttft: number; tps: number }
    chaos?: { malformedRate: number }
  },
]

const text = { content: 'Hello from the other side, in more than one piece.' }
const look = { name: 'look', arguments: '{"place":"here"}' }
const failing = (status: number, message = `status ${status}`) => ({ error: { message }, status, retryAfter: 1 })

/**
 * The same for aimock (https://aimock.copilotkit.dev), which speaks the shapes of all vendors: a response and its
 * options, for `mock.on({}, …)`. It counts no cached tokens, and has a signature in some shapes only.
 */
export const aimockSituations: Readonly<Record<Exclude<Situation, 'caches'>, Aimock>> = {
  answers: [text, {}],
  calls: [{ toolCalls: [look] }, {}],
  signs: [{ toolCalls: [look], reasoning: 'I should look.' }, {}],
  hangs: [text, { latency: 20_000 }],
  stalls: [text, { chunkSize: 4, streamingProfile: { ttft: 0, tps: 0.05 } }],
  limited: [failing(429), {}],
  unauthorized: [failing(401), {}],
  fails: [failing(500), {}],
  overloaded: [failing(503), {}],
  overflows: [failing(400, 'prompt is too long: 210000 tokens > 200000 maximum'), {}],
  breaks: [text, { chunkSize: 4, truncateAfterChunks: 3 }],
  garbles: [text, { chaos: { malformedRate: 1 } }],
}
