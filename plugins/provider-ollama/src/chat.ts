import { record, text, type Model } from '@openclaw/provider-kit'
import { writeMessages } from './messages.ts'
import { lookAt, unknown, type About, type Server } from './models.ts'

type Options = Parameters<Model['doStream']>[0]
type Part = Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never

/**
 * A model of an Ollama, asked through its own API: through the one that is like OpenAI's nobody can say how long the
 * window is, and the beginning of a longer conversation is cut off without a word.
 */
export function openChat(server: Server): (id: string) => Model {
  return (id) => {
    let about: Promise<About> | undefined
    return {
      async doStream(options) {
        // Asked once for all questions, so that it does not end with the first.
        about ??= lookAt(server, id, AbortSignal.timeout(10_000))
        const known = await about.catch(() => {
          about = undefined
          return unknown(server)
        })
        const body = JSON.stringify(requestOf(id, known, options))
        const { abortSignal: signal } = options
        const headers = { ...server.headers, 'content-type': 'application/json' }
        const response = await server.fetch(`${server.baseUrl}/api/chat`, {
          method: 'POST',
          headers,
          body,
          ...(signal ? { signal } : {}),
        })
        if (!response.ok || !response.body) throw await failed(response)
        return { stream: response.body.pipeThrough(readLines()) }
      },
    }
  }
}

function requestOf(model: string, { contextTokens, can, family }: About, options: Options): object {
  const { prompt, tools, reasoning, maxOutputTokens } = options
  // Only gpt-oss knows how much; the others think or do not.
  const think = reasoning === 'none' ? false : family === 'gptoss' ? reasoning : true
  return {
    model,
    stream: true,
    // Too long is then said, and not hidden: what does not fit would be left out from the beginning.
    truncate: false,
    messages: writeMessages(prompt),
    options: { num_ctx: contextTokens, ...(maxOutputTokens === undefined ? {} : { num_predict: maxOutputTokens }) },
    ...(tools ? { tools: tools.flatMap(writeTool) } : {}),
    ...(reasoning !== undefined && can?.includes('thinking') ? { think } : {}),
  }
}

function writeTool(tool: NonNullable<Options['tools']>[number]): object[] {
  if (tool.type !== 'function') return []
  const { name, description, inputSchema: parameters } = tool
  return [{ type: 'function', function: { name, description, parameters } }]
}

async function failed(response: Response): Promise<Error> {
  const responseBody = await response.text()
  const said = /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(responseBody)?.[1] ?? response.statusText
  const responseHeaders = Object.fromEntries(response.headers)
  return Object.assign(new Error(said), { status: response.status, responseHeaders, responseBody })
}

/** Reads an answer of one JSON a line as stream parts. */
function readLines(): TransformStream<Uint8Array, Part> {
  const decoder = new TextDecoder()
  const toParts = partsOf()
  let rest = ''
  const take = (lines: readonly string[], controller: TransformStreamDefaultController<Part>) => {
    for (const line of lines)
      if (line.trim()) for (const part of toParts(record(JSON.parse(line)))) controller.enqueue(part)
  }
  return new TransformStream({
    transform(bytes, controller) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      take(lines, controller)
    },
    flush: (controller) => take([rest], controller),
  })
}

function partsOf(): (line: Record<string, unknown>) => Part[] {
  let calls = 0
  return (line) => {
    if (line.error !== undefined) return [{ type: 'error', error: { message: text(line.error) } }]
    const { content, thinking, tool_calls: called } = record(line.message)
    const parts: Part[] = []
    if (typeof thinking === 'string' && thinking)
      parts.push({ type: 'reasoning-delta', id: 'thinking', delta: thinking })
    if (typeof content === 'string' && content) parts.push({ type: 'text-delta', id: 'text', delta: content })
    for (const call of Array.isArray(called) ? called : []) {
      const { name, arguments: input } = record(record(call).function)
      // Older servers give no ids.
      const toolCallId = text(record(call).id) || `call_${++calls}`
      parts.push({ type: 'tool-call', toolCallId, toolName: text(name), input: JSON.stringify(input ?? {}) })
    }
    if (line.done === true) parts.push(finish(line))
    return parts
  }
}

function finish({ done_reason: why, prompt_eval_count: read, eval_count: written }: Record<string, unknown>): Part {
  const count = (value: unknown) => (typeof value === 'number' ? value : undefined)
  return {
    type: 'finish',
    finishReason: { unified: why === 'length' ? 'length' : 'stop', raw: typeof why === 'string' ? why : undefined },
    usage: {
      inputTokens: { total: count(read), noCache: count(read), cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: count(written), text: undefined, reasoning: undefined },
    },
  }
}
