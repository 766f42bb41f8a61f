import type { ModelEvent, ModelPart, ModelRequest, Models } from '@openclaw/sdk'

/** A small request that every provider takes. */
export function sampleRequest(model: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model,
    system: 'You are a test.',
    turns: [{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }],
    tools: [],
    session: 'conformance',
    local: true,
    ...more,
  }
}

/** All that a provider says to a request. */
export async function collectEvents(
  models: Models,
  request: ModelRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = []
  for await (const event of models.stream(request, signal)) events.push(event)
  return events
}

/** What was said, as one text. */
export function textOf(events: readonly ModelEvent[], type: 'text' | 'thinking' = 'text'): string {
  return events.map((event) => (event.type === type ? event.delta : '')).join('')
}

/** The parts of an answer as the runtime builds them: neighbouring pieces are one part, until a `keep` ends it. */
export function partsOf(events: readonly ModelEvent[]): ModelPart[] {
  const parts: ModelPart[] = []
  let open = false
  for (const event of events) {
    if (event.type === 'call') parts.push(event)
    if (event.type !== 'text' && event.type !== 'thinking') {
      open = false
      continue
    }
    const { type, delta, keep } = event
    const last = parts.at(-1)
    const grown = open && last?.type === type ? { ...last, text: last.text + delta } : { type, text: delta }
    if (open && last?.type === type) parts.pop()
    parts.push(keep === undefined ? grown : { ...grown, keep })
    open = keep === undefined
  }
  return parts
}

/** What is wrong with a stream's events, in words. */
export function eventProblems(events: readonly ModelEvent[]): string[] {
  const problems: string[] = []
  const ends = events.filter(({ type }) => type === 'done' || type === 'failed')
  if (ends.length !== 1) problems.push(`${ends.length} events end the stream; one must`)
  const last = events.at(-1)
  if (last?.type !== 'done' && last?.type !== 'failed') problems.push(`the last event is ${last?.type ?? 'missing'}`)
  const ids = new Set<string>()
  for (const event of events) {
    if ((event.type === 'text' || event.type === 'thinking') && typeof event.delta !== 'string')
      problems.push(`a ${event.type} without a delta`)
    if (event.type === 'call') {
      if (!event.id || ids.has(event.id)) problems.push(`the call id "${event.id}" is empty or used twice`)
      ids.add(event.id)
      if (!event.name) problems.push('a call without a name')
      if (event.input === undefined) problems.push(`the input of ${event.name} is missing`)
    }
    if (event.type === 'done') {
      const { input, cached, output } = event.usage ?? {}
      for (const [name, count] of Object.entries({ input, cached, output }))
        if (typeof count !== 'number' || !(count >= 0)) problems.push(`usage.${name} is ${String(count)}`)
      if (ids.size > 0 && event.stop === 'end') problems.push('it stopped with "end" after calls')
      if (ids.size === 0 && event.stop === 'tool') problems.push('it stopped with "tool" without a call')
    }
    if (event.type === 'failed' && !event.failure.message.trim()) problems.push('a failure without a message')
  }
  return problems
}
