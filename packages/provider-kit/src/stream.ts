import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { toFailure, type ModelEvent, type ModelRequest } from '@openclaw/sdk'
import { translator, type Cost } from './events.ts'
import { readFailure, type ModelFailure } from './failure.ts'
import { writePrompt, writeTools, type PromptOptions } from './prompt.ts'

/** What a provider plugin tells the adapter about its endpoint. */
export interface StreamOptions extends PromptOptions {
  /** Begins every failure's message: the provider's id. */
  readonly name: string
  readonly cost?: Cost
  /** Handed to the library as it is. */
  readonly providerOptions?: NonNullable<LanguageModelV4CallOptions['providerOptions']>
}

/** What is asked: a language model of the AI SDK. */
export type Model = Pick<LanguageModelV4, 'doStream'>

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
  let loaded = false
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
    const ready = await Promise.race([model, stopped.promise])
    loaded = true
    const asked = openStream(ready, callOptions(request, stop.signal, options))
    asked.then(
      (late) => stop.signal.aborted && letGo(late),
      () => {},
    )
    reader = await Promise.race([asked, stopped.promise])
    const translate = translator(options.name, request.model, options.cost)
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
    const own = loaded || signal.aborted ? undefined : ownFailure(thrown)
    yield { type: 'failed', failure: own ?? readFailure(signal.aborted ? abortError() : thrown, who) }
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

/** What a plugin says of why it could not load its library; undefined for what it did not foresee. */
function ownFailure(thrown: unknown): ModelFailure | undefined {
  const { code, message } = toFailure(thrown)
  return code === 'internal' ? undefined : { code, message }
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
  const tools = writeTools(request, options)
  return {
    prompt: writePrompt(request, options),
    abortSignal,
    ...(tools ? { tools, toolChoice: { type: 'auto' } } : {}),
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.thinking === undefined ? {} : { reasoning: request.thinking === 'off' ? 'none' : request.thinking }),
    ...(options.providerOptions ? { providerOptions: options.providerOptions } : {}),
  }
}
