import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A model behind HTTP, as an OpenAI-compatible endpoint streams it: it answers at once, or after `delayMs`. */
export async function openModel(text = 'hello') {
  const model = { url: '', delayMs: 0, [Symbol.dispose]: () => void server.close() }
  const answered = () => new Promise((resolve) => setTimeout(resolve, model.delayMs))
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/models'))
      return response.end(JSON.stringify({ object: 'list', data: [{ id: 'instant', object: 'model' }] }))
    request.resume().on('end', () => void answer(response))
  })
  async function answer(response: ServerResponse) {
    if (model.delayMs > 0) await answered()
    const chunk = (choice: object, more = {}) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'instant', choices: [{ index: 0, ...choice }], ...more })}\n\n`
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ delta: { role: 'assistant', content: text } }))
    response.write(
      chunk(
        { delta: {}, finish_reason: 'stop' },
        { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
      ),
    )
    response.end('data: [DONE]\n\n')
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  model.url = `http://127.0.0.1:${port}/v1`
  return model
}
