import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: unknown; readonly tool_calls?: unknown }[]
  readonly tools?: readonly object[]
}

/** A model behind HTTP that does what it is told, at once. */
export interface Worker extends Disposable {
  readonly url: string
  /** Bodies of what it was asked, in their order; to be emptied by who looks at them. */
  readonly asked: string[]
  /** Resolves once so many more results of sub-agents were told to it. */
  reported(count: number): Promise<void>
}

/**
 * Opens one: `call N` calls a tool that does nothing N times, one after the other; `spawn N` gives tasks to N sub-agents
 * in one answer; `say N` answers with so many characters; everything else is answered with `hello`.
 */
export async function openWorker(): Promise<Worker> {
  const asked: string[] = []
  let calls = 0
  let results = 0
  const waiting = new Set<{ readonly upto: number; readonly done: () => void }>()

  function answer(body: string, response: ServerResponse): void {
    const { messages } = JSON.parse(body) as Asked
    // Calling a tool is not yet an answer.
    const since = messages.slice(messages.findLastIndex((one) => one.role === 'assistant' && !one.tool_calls) + 1)
    const said = since.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : [])).join('\n')
    const done = since.filter(({ role }) => role === 'tool').length
    const [, verb, number] = /^(call|spawn|say) (\d+)$/.exec(said) ?? []
    const count = Number(number ?? 0)
    const news = said.match(/\[result of the sub-agent/g)?.length ?? 0
    if (verb === 'call' && done < count) return send(response, callOf('nothing', [{ nth: done }]))
    if (verb === 'spawn' && done === 0)
      return send(
        response,
        callOf(
          'sessions_spawn',
          Array.from({ length: count }, (_, nth) => ({ task: `task ${nth}` })),
        ),
      )
    send(response, { content: verb === 'say' ? 'word '.repeat(count / 5) : 'hello' })
    results += news
    for (const one of waiting) if (results >= one.upto && waiting.delete(one)) one.done()
  }

  const callOf = (name: string, inputs: readonly object[]) => ({
    tool_calls: inputs.map((input, index) => ({
      index,
      id: `call_${calls++}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    })),
  })

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(body)
      answer(body, response)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    reported(count) {
      const upto = results + count
      return new Promise((done) => waiting.add({ upto, done }))
    },
    [Symbol.dispose]: () => void server.close(),
  }
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return String(content)
  return (content as readonly { readonly text?: string }[]).map(({ text: one = '' }) => one).join('\n')
}

function send(response: ServerResponse, delta: { readonly content: string } | { readonly tool_calls: object }): void {
  const chunk = (choice: object, more = {}) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'worker', choices: [{ index: 0, ...choice }], ...more })}\n\n`
  const reason = 'content' in delta ? 'stop' : 'tool_calls'
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk({ delta: { role: 'assistant', ...delta } }))
  response.write(chunk({ delta: {}, finish_reason: reason }, { usage }))
  response.end('data: [DONE]\n\n')
}
