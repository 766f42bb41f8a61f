import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { LLMock, type ChatCompletionRequest, type FixtureResponse } from '@copilotkit/aimock'
import { shapeProblems, type Shape } from '@openclaw/testing'

/** What a model of any vendor was asked, in one form. */
export interface Question {
  readonly shape: Shape
  /** Without the provider's prefix. */
  readonly model: string
  readonly system: string
  readonly turns: readonly Turn[]
  /** Names of the tools that it was offered. */
  readonly tools: readonly string[]
}

/** One turn of it; `calls`: it called a tool. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly text: string
  readonly calls: boolean
}

/** What it says to that: words, a call, or no. */
export type Reply =
  | { readonly text: string }
  | { readonly tool: string; readonly input: object; readonly thinking?: string }
  | { readonly status: number; readonly message: string; readonly retryAfterS?: number }

/** An answer that was given, and what was counted for it. No two have the same `output`. */
export interface Given {
  readonly shape: Shape
  readonly model: string
  readonly input: number
  readonly output: number
}

/** Vendors of all shapes behind HTTP, in the test's process: they live on when a gateway is killed. */
export interface Vendors extends AsyncDisposable {
  /** What a provider of the shape takes as its `baseUrl`. */
  baseUrl(shape: Shape): string
  /** Full bodies of requests, in their order. */
  readonly requests: readonly { readonly shape: Shape; readonly body: string }[]
  readonly given: readonly Given[]
  /** Shapes that said no, one for each time. */
  readonly refused: readonly Shape[]
  /** What a vendor would have refused in any request, in words. */
  readonly problems: readonly string[]
}

type Usage = (input: number, output: number) => Record<string, number>

/** Where a shape is served, and what its usage is called there. */
const shapes: Readonly<Record<Shape, { readonly base: string; readonly usage: Usage }>> = {
  anthropic: { base: 'v1', usage: (input, output) => ({ input_tokens: input, output_tokens: output }) },
  responses: { base: 'v1', usage: (input, output) => ({ input_tokens: input, output_tokens: output }) },
  chat: { base: 'api/v1', usage: (input, output) => ({ prompt_tokens: input, completion_tokens: output }) },
  gemini: { base: 'v1beta', usage: (input, output) => ({ promptTokenCount: input, candidatesTokenCount: output }) },
}

/**
 * Serves models of all four shapes with aimock (https://aimock.copilotkit.dev), which puts what `reply` says into the
 * words of each. Every request is held against its vendor's rules before.
 */
export async function serveVendors(reply: (question: Question) => Reply | Promise<Reply>): Promise<Vendors> {
  await using open = new AsyncDisposableStack()
  const requests: { shape: Shape; body: string }[] = []
  const given: Given[] = []
  const refused: Shape[] = []
  const problems: string[] = []
  const urls = new Map<string, string>()

  async function answer(asked: ChatCompletionRequest, shape: Shape): Promise<FixtureResponse> {
    const said = await reply(questionOf(asked, shape))
    if ('status' in said) {
      refused.push(shape)
      const { status, message, retryAfterS } = said
      return { error: { message }, status, ...(retryAfterS === undefined ? {} : { retryAfter: retryAfterS }) }
    }
    const input = Math.ceil(JSON.stringify([asked.messages, asked.tools]).length / 4)
    const output = 10 + given.length
    given.push({ shape, model: asked.model, input, output })
    const usage = shapes[shape].usage(input, output)
    if ('text' in said) return { content: said.text, usage }
    const toolCalls = [{ name: said.tool, arguments: JSON.stringify(said.input) }]
    return { toolCalls, usage, ...(said.thinking === undefined ? {} : { reasoning: said.thinking }) }
  }

  for (const shape of Object.keys(shapes) as Shape[]) {
    const mock = new LLMock({ port: 0 })
    mock.on({}, (asked) =>
      answer(asked, shape).catch((thrown: unknown) => {
        problems.push(`${shape}: ${String(thrown)}`)
        throw thrown
      }),
    )
    await mock.start()
    open.defer(() => mock.stop())
    urls.set(shape, mock.url)
  }

  /** Notes a request, and hands it to the vendor of its shape. */
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [, shape = '', ...path] = (incoming.url ?? '').split('/')
    const body = await textOf(incoming)
    if (incoming.method === 'POST') {
      requests.push({ shape: shape as Shape, body })
      problems.push(...shapeProblems[shape as Shape](JSON.parse(body)).map((problem) => `${shape}: ${problem}`))
    }
    const { method, headers } = incoming
    const onward = ask(new URL(path.join('/'), `${urls.get(shape)}/`), { method, headers }, (answered) => {
      outgoing.writeHead(answered.statusCode ?? 500, answered.headers)
      answered.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    onward.end(body)
  }

  const front = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((listening) => front.listen(0, '127.0.0.1', listening))
  open.defer(() => {
    front.closeAllConnections()
    return new Promise<void>((closed) => front.close(() => closed()))
  })
  const everything = open.move()
  const { port } = front.address() as AddressInfo
  return {
    baseUrl: (shape) => `http://127.0.0.1:${port}/${shape}/${shapes[shape].base}`,
    requests,
    given,
    refused,
    problems,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

function questionOf({ model, messages, tools }: ChatCompletionRequest, shape: Shape): Question {
  const said = messages.map(({ role, content, tool_calls: calls }) => ({
    role,
    text: typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('\n'),
    calls: (calls ?? []).length > 0,
  }))
  return {
    shape,
    model,
    system: said.flatMap(({ role, text }) => (role === 'system' ? [text] : [])).join('\n'),
    turns: said.filter((turn): turn is Turn => turn.role !== 'system'),
    tools: (tools ?? []).map((tool) => tool.function.name),
  }
}
