import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { ModelEvent, ModelRequest } from '@openclaw/sdk'

export const usage: LanguageModelV4Usage = {
  inputTokens: { total: 100, noCache: 60, cacheRead: 40, cacheWrite: undefined },
  outputTokens: { total: 7, text: 5, reasoning: 2 },
}
export const finish = (
  unified: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'interrupted' | 'other' = 'stop',
): LanguageModelV4StreamPart => ({
  type: 'finish',
  finishReason: { unified, raw: unified },
  usage,
})

/** A language model that says these parts and then ends its stream; `asked` are the options it was called with. */
export function scripted(parts: readonly LanguageModelV4StreamPart[]) {
  const asked: LanguageModelV4CallOptions[] = []
  let cancelled = 0
  return {
    asked,
    cancelled: () => cancelled,
    doStream: async (options: LanguageModelV4CallOptions) => {
      asked.push(options)
      let at = 0
      const stream = new ReadableStream<LanguageModelV4StreamPart>(
        {
          pull(controller) {
            const part = parts[at++]
            if (part) controller.enqueue(part)
            else controller.close()
          },
          cancel: () => void cancelled++,
        },
        { highWaterMark: 0 },
      )
      return { stream }
    },
  }
}

/** A model that says these parts and then never anything more, whatever the signal says. */
export function hanging(parts: readonly LanguageModelV4StreamPart[]) {
  return {
    doStream: async () => ({
      stream: new ReadableStream<LanguageModelV4StreamPart>({
        start: (controller) => parts.forEach((part) => controller.enqueue(part)),
        cancel: () => new Promise<void>(() => {}),
      }),
    }),
  }
}

export const request: ModelRequest = {
  model: 'm1',
  system: 'Be brief.',
  turns: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  session: 'agent:main:local:default:owner',
  local: true,
}

export async function collect(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
