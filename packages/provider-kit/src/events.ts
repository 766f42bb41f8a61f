import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { ModelEvent } from '@openclaw/sdk'
import { readFailure } from './failure.ts'
import { keepOf, openKeeps } from './keeps.ts'
import { readTokens, usageOf, type Tokens } from './usage.ts'

/** What a call cost in US dollars, when it is known. `raw` is the usage as the endpoint said it. */
export type Cost = (tokens: Tokens, raw: unknown) => number | undefined

/** Turns the stream of one answer of a provider's model into events, remembering what the last ones need. */
export function translator(provider: string, model: string, cost?: Cost) {
  const who = `${provider}/${model}`
  let calls = 0
  let said = false
  const keeps = openKeeps()
  const failed = (thrown: unknown): ModelEvent[] => [{ type: 'failed', failure: readFailure(thrown, who) }]
  const piece = (type: 'text' | 'thinking', delta: string): ModelEvent[] => {
    if (!delta) return []
    said = true
    return [{ type, delta }]
  }
  const end = (type: 'text' | 'thinking', id: string): ModelEvent[] => {
    const keep = keeps.take(id)
    return keep ? [{ type, delta: '', keep: keepOf(model, keep) }] : []
  }

  return {
    part(part: LanguageModelV4StreamPart): ModelEvent[] {
      switch (part.type) {
        case 'text-start':
        case 'reasoning-start':
          keeps.add(part.id, part.providerMetadata)
          return []
        case 'text-delta':
          keeps.add(part.id, part.providerMetadata)
          return piece('text', part.delta)
        case 'reasoning-delta':
          keeps.add(part.id, part.providerMetadata)
          return piece('thinking', part.delta)
        case 'text-end':
          keeps.add(part.id, part.providerMetadata)
          return end('text', part.id)
        case 'reasoning-end':
          keeps.add(part.id, part.providerMetadata)
          return end('thinking', part.id)
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
              ...(part.providerMetadata ? { keep: keepOf(model, part.providerMetadata) } : {}),
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

  function finish(why: string, usage: LanguageModelV4Usage): ModelEvent[] {
    if (why === 'content-filter') {
      const message = `${who}: the vendor refused to answer; say it differently or choose another model`
      return [{ type: 'failed', failure: { code: 'forbidden', reason: 'refused', message } }]
    }
    // Some libraries take a body that they could not read for an answer that has ended.
    const nothing = why === 'other' && !said && calls === 0
    if (why === 'error' || why === 'interrupted' || nothing) return failed(new Error('the answer ended too early'))
    const tokens = readTokens(usage)
    // Some servers say "stop" although they call tools.
    const stop = why === 'length' ? 'length' : calls > 0 ? 'tool' : 'end'
    return [{ type: 'done', stop, usage: usageOf(tokens, cost?.(tokens, usage.raw)) }]
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
