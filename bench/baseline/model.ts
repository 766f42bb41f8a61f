import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A model behind HTTP that answers at once, as an OpenAI-compatible endpoint streams it. */
export async function openModel(text = 'hello') {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/models'))
      return response.end(JSON.stringify({ object: 'list', data: [{ id: 'instant', object: 'model' }] }))
    request.resume().on('end', () => {
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
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, [Symbol.dispose]: () => void server.close() }
}
