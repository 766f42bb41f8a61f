import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { ModelEvent, ModelRequest, Usage } from '@openclaw/sdk'
import { readFailure } from './failure.ts'
import { writePrompt, writeTools, type PromptOptions } from './prompt.ts'
import { readUsage } from './usage.ts'

/** What a provider plugin tells the adapter about its endpoint. */
export interface StreamOptions extends PromptOptions {
  /** Begins every failure's message: the provider's id. */
  readonly name: string
  /** What a call cost in US dollars, when it is known. `raw` is the usage as the endpoint said it. */
  readonly cost?: (usage: Usage, raw: unknown) => number | undefined
  /** Handed to the library as it is. */
  readonly providerOptions?: NonNullable<LanguageModelV4CallOptions['providerOptions']>
}

type Model = Pick<LanguageModelV4, 'doStream'>

/**
 * Asks a language model of the AI SDK and says what it answers as our events. Never throws: the last event is
 * `done` or `failed`, exactly once. Ends within a second after the signal even when the library ignores it, and lets
 * go of the connection when the caller stops reading.
 */
export async function* streamModel(
  model: Model | Promise<Model>,
  request: ModelRequest,
  signal: AbortSignal,
  options: StreamOptions,
): AsyncGenerator<ModelEvent, void, undefined> {
  const who = `${options.name}/${request.model}`
  const stop = new AbortController()
  const stopped = Promise.withResolvers<never>()
  stopped.promise.catch(() => {})
  let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined
  let answered = false
  const onAbort = () => {
    stop.abort()
    stopped.reject(signal.reason)
    // Ends a read that waits at once, whatever the library does.
    if (reader) letGo(reader)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    const asked = openStream(await Promise.race([model, stopped.promise]), callOptions(request, stop.signal, options))
    asked.then(
      (late) => stop.signal.aborted && letGo(late),
      () => {},
    )
    reader = await Promise.race([asked, stopped.promise])
    const translate = translator(who, options)
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      for (const event of done ? translate.end() : translate.part(value)) {
        answered = event.type === 'done'
        yield event
        if (event.type === 'done' || event.type === 'failed') return
        signal.throwIfAborted()
      }
    }
  } catch (thrown) {
    yield { type: 'failed', failure: readFailure(signal.aborted ? abortError() : thrown, who) }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // After a whole answer the connection is good for the next one.
    if (!answered) stop.abort()
    if (reader) letGo(reader)
  }
}

async function openStream(model: Model, options: LanguageModelV4CallOptions) {
  return (await model.doStream(options)).stream.getReader()
}

/** Cancelling may hang when the library hangs, so nobody waits for it. */
function letGo(reader: ReadableStreamDefaultReader<unknown>): void {
  reader.cancel().catch(() => {})
}

/** A signal's reason may be anything; what the caller learns is that it was stopped. */
function abortError(): DOMException {
  return new DOMException('stopped', 'AbortError')
}

function callOptions(
  request: ModelRequest,
  abortSignal: AbortSignal,
  options: StreamOptions,
): LanguageModelV4CallOptions {
  const tools = writeTools(request)
  return {
    prompt: writePrompt(request, options),
    abortSignal,
    ...(tools ? { tools, toolChoice: { type: 'auto' } } : {}),
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.thinking === undefined ? {} : { reasoning: request.thinking === 'off' ? 'none' : request.thinking }),
    ...(options.providerOptions ? { providerOptions: options.providerOptions } : {}),
  }
}

/** Turns stream parts into events, remembering what the last event needs. */
function translator(who: string, options: StreamOptions) {
  let calls = 0
  const failed = (thrown: unknown): ModelEvent[] => [{ type: 'failed', failure: readFailure(thrown, who) }]
  // A signature comes with the end of a part, in some libraries with a delta; it belongs to the part either way.
  const piece = (type: 'text' | 'thinking', delta: string, keep: unknown): ModelEvent[] =>
    delta || keep !== undefined ? [{ type, delta, ...(keep === undefined ? {} : { keep }) }] : []

  return {
    part(part: LanguageModelV4StreamPart): ModelEvent[] {
      switch (part.type) {
        case 'text-delta':
          return piece('text', part.delta, part.providerMetadata)
        case 'text-end':
          return piece('text', '', part.providerMetadata)
        case 'reasoning-delta':
          return piece('thinking', part.delta, part.providerMetadata)
        case 'reasoning-end':
          return piece('thinking', '', part.providerMetadata)
        case 'tool-call':
          // What the vendor ran itself has no result of ours.
          if (part.providerExecuted) return []
          calls++
          return [
            {
              type: 'call',
              id: part.toolCallId,
              name: part.toolName,
              input: readInput(part.input),
              ...(part.providerMetadata ? { keep: part.providerMetadata } : {}),
            },
          ]
        case 'error':
          return failed(part.error)
        case 'finish':
          return finish(part.finishReason.unified, part.usage)
        default:
          return []
      }
    },
    end: () => failed(new Error('the answer ended too early')),
  }

  function finish(why: string, raw: LanguageModelV4Usage): ModelEvent[] {
    if (why === 'content-filter')
      return [
        {
          type: 'failed',
          failure: {
            code: 'forbidden',
            reason: 'refused',
            message: `${who}: the vendor refused to answer; say it differently or choose another model`,
          },
        },
      ]
    if (why === 'error' || why === 'interrupted') return failed(new Error('the answer ended too early'))
    const usage = readUsage(raw)
    const costUsd = options.cost?.(usage, raw.raw)
    // Some servers say "stop" although they call tools.
    const stop = why === 'length' ? 'length' : calls > 0 ? 'tool' : 'end'
    return [{ type: 'done', stop, usage: readUsage(raw, costUsd) }]
  }
}

/** Complete JSON, or the raw text when it is none: the runtime answers that with a failed result. */
function readInput(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
