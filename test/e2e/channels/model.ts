import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { openSteps } from '@openclaw/testing'

export interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: unknown; readonly tool_calls?: unknown }[]
  readonly tools?: readonly { readonly function: { readonly name: string } }[]
}

/** A model behind HTTP, in the test's process, so that it lives on when the gateway is killed. */
export interface HttpModel extends AsyncDisposable {
  readonly baseUrl: string
  /** Every request, as text. */
  readonly requests: readonly string[]
  /** Called, and waited for, before each step: `asked` before it begins to answer, `answered` after the last byte. */
  onStep(listen: (step: string) => void | Promise<void>): Disposable
}

/** What a model answers: words, or a call of a tool. */
export type Reply = string | { readonly tool: string; readonly input: object }

/** Serves one that speaks the chat shape (https://platform.openai.com/docs/api-reference/chat-streaming). */
export async function serveModel(reply: (asked: Asked) => Reply): Promise<HttpModel> {
  const requests: string[] = []
  const steps = openSteps()
  const server = createServer((request, response) => {
    void json(request).then(
      async (asked) => {
        requests.push(JSON.stringify(asked))
        await steps.reach('asked')
        const answer = reply(asked as Asked)
        const chunk = (delta: object, finish: string | null = null) =>
          `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'echo', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        if (typeof answer === 'string') response.write(chunk({ role: 'assistant', content: answer }))
        else {
          const call = { name: answer.tool, arguments: JSON.stringify(answer.input) }
          response.write(
            chunk({ tool_calls: [{ index: 0, id: `call_${requests.length}`, type: 'function', function: call }] }),
          )
        }
        response.end(`${chunk({}, typeof answer === 'string' ? 'stop' : 'tool_calls')}data: [DONE]\n\n`)
        await steps.reach('answered')
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    onStep: (listen) => steps.listen(listen),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((stopped) => server.close(() => stopped()))
    },
  }
}

/** The text of what was said since the model last answered; calling a tool is not yet an answer. */
export function lastSaid({ messages }: Asked): string {
  const from = messages.findLastIndex(({ role, tool_calls: calls }) => role === 'assistant' && !calls) + 1
  return JSON.stringify(messages.slice(from).filter(({ role }) => role === 'user'))
}
