import type { EventName, EventPayload } from '@openclaw/protocol'
import { asList, asText, bodyOf, type Content, type JournalLine } from './lines.ts'
import { type Answer, type AnswerPart, answerKey, type CallPart, type Item } from './transcript.ts'

/** What a run has streamed and is not in the journal yet. */
export interface LiveRun {
  readonly run: string
  readonly model: string
  readonly startedMs: number
  readonly takes: readonly string[]
  /** Text and thinking since the last durable step, and calls that stand in no line yet. */
  readonly parts: readonly LivePart[]
  /** What running calls have said so far, and results whose line is still to come. */
  readonly calls: ReadonlyMap<string, LiveCall>
  /** The run is settled; its last line is on the way. */
  readonly over: boolean
}
type LivePart =
  | { readonly kind: 'text' | 'thinking'; readonly text: string }
  | { readonly kind: 'call'; readonly call: string }
interface LiveCall {
  readonly tool: string
  readonly input: unknown
  readonly state: 'running' | 'done' | 'failed'
  readonly content: readonly Content[]
}
export type Live = ReadonlyMap<string, LiveRun>

type Streamed = Extract<EventName, `agent.${string}`>

/** The live runs after one more event of a session. Runs that nobody announced begin with the first event that names them. */
export function foldEvent<E extends Streamed>(live: Live, event: E, payload: EventPayload<E>, nowMs: number): Live {
  const run = asText((payload as { run?: unknown }).run)
  const known = live.get(run)
  if (known?.over) return live
  if (event === 'agent.end' && !known) return live
  const before = known ?? { run, model: '', startedMs: nowMs, takes: [], parts: [], calls: new Map(), over: false }
  return new Map(live).set(run, foldRun(before, event, payload))
}

function foldRun(run: LiveRun, event: Streamed, payload: unknown): LiveRun {
  const said = payload as Partial<
    EventPayload<'agent.start'> &
      EventPayload<'agent.text'> &
      EventPayload<'agent.tool.start'> &
      EventPayload<'agent.tool.result'>
  >
  switch (event) {
    case 'agent.start':
      return { ...run, model: asText(said.model), takes: said.takes ?? [] }
    case 'agent.text':
      return { ...run, parts: append(run.parts, 'text', asText(said.delta)) }
    case 'agent.thinking':
      return { ...run, parts: append(run.parts, 'thinking', asText(said.delta)) }
    case 'agent.tool.start': {
      const call = asText(said.call)
      const calls = new Map(run.calls).set(call, {
        tool: asText(said.tool),
        input: said.input,
        state: 'running',
        content: [],
      })
      return { ...run, calls, parts: [...run.parts, { kind: 'call', call }] }
    }
    case 'agent.tool.progress':
    case 'agent.tool.result': {
      const call = asText(said.call)
      const state = event === 'agent.tool.progress' ? 'running' : said.failed ? 'failed' : 'done'
      const before = run.calls.get(call) ?? { tool: asText(said.tool), input: undefined, state, content: [] }
      return { ...run, calls: new Map(run.calls).set(call, { ...before, state, content: asList(said.content) }) }
    }
    case 'agent.end':
      return { ...run, over: true }
  }
}

function append(parts: readonly LivePart[], kind: 'text' | 'thinking', delta: string): readonly LivePart[] {
  const last = parts.at(-1)
  if (last?.kind === kind) return [...parts.slice(0, -1), { kind, text: last.text + delta }]
  return [...parts, { kind, text: delta }]
}

/** Takes out of the live runs what a durable line now holds. */
export function settleLine(live: Live, line: JournalLine): Live {
  const assistant = bodyOf(line, 'assistant')
  const tool = bodyOf(line, 'tool')
  const end = bodyOf(line, 'end')
  const id = asText(assistant?.run ?? tool?.run ?? end?.run)
  const run = live.get(id)
  if (!run) return live
  const rest = new Map(live)
  if (end) rest.delete(id)
  else if (assistant) {
    const durable = new Set(asList(assistant.content).flatMap((part) => (part.type === 'call' ? [part.id] : [])))
    const parts = run.parts.filter((part) => part.kind === 'call' && !durable.has(part.call))
    if (run.over && parts.length === 0) rest.delete(id)
    else rest.set(id, { ...run, parts })
  } else if (tool) {
    const calls = new Map(run.calls)
    calls.delete(asText(tool.call))
    rest.set(id, { ...run, calls, parts: run.parts.filter((part) => part.kind !== 'call' || part.call !== tool.call) })
  }
  return rest
}

/** Runs that are going on, by what was streamed. */
export function runsOf(live: Live): ReadonlySet<string> {
  return new Set([...live.values()].filter((run) => !run.over).map((run) => run.run))
}

/** The durable items with what is streamed after and inside them. Items that nothing streams into stay the same objects. */
export function withLive(items: readonly Item[], live: Live): readonly Item[] {
  let shown = items
  for (const run of live.values()) {
    if (run.parts.length === 0 && run.calls.size === 0) continue
    shown = shown.map((item) => (item.kind === 'answer' && item.run === run.run ? withCalls(item, run) : item))
    const last = shown.at(-1)
    const goesOn = last?.kind === 'answer' && last.run === run.run
    const durable = callsOf(items, run.run)
    const rest = run.parts.filter((part) => part.kind !== 'call' || !durable.has(part.call))
    if (rest.length === 0) continue
    const before: readonly AnswerPart[] = goesOn ? last.parts : []
    const parts = [
      ...before,
      ...rest.map((part, index) => livePart(part, run, before.length + index, index === rest.length - 1)),
    ]
    if (goesOn) shown = [...shown.slice(0, -1), { ...last, parts }]
    else
      shown = [
        ...shown,
        {
          kind: 'answer',
          key: answerKey(run.run, blocksOf(shown, run.run)),
          atMs: run.startedMs,
          stamp: 'live',
          run: run.run,
          model: run.model,
          parts,
          usage: undefined,
          live: !run.over,
        },
      ]
  }
  return shown
}

function callsOf(items: readonly Item[], run: string): ReadonlySet<string> {
  return new Set(
    items.flatMap((item) =>
      item.kind === 'answer' && item.run === run
        ? item.parts.flatMap((part) => (part.kind === 'call' ? [part.call] : []))
        : [],
    ),
  )
}

function blocksOf(items: readonly Item[], run: string): number {
  return items.filter((item) => item.kind === 'answer' && item.run === run).length
}

function livePart(part: LivePart, run: LiveRun, at: number, last: boolean): AnswerPart {
  const key = String(at)
  if (part.kind !== 'call') return { ...part, key, streaming: last && !run.over }
  const call = run.calls.get(part.call)
  return {
    kind: 'call',
    key,
    call: part.call,
    tool: call?.tool ?? '',
    input: call?.input,
    state: call?.state ?? 'unknown',
    content: call?.content ?? [],
  }
}

function withCalls(answer: Answer, run: LiveRun): Answer {
  const touched = (part: AnswerPart): part is CallPart =>
    part.kind === 'call' && part.state !== 'done' && part.state !== 'failed' && run.calls.has(part.call)
  if (!answer.parts.some(touched)) return answer
  const parts = answer.parts.map((part) => {
    const call = touched(part) ? run.calls.get(part.call) : undefined
    return call && part.kind === 'call' ? { ...part, state: call.state, content: call.content } : part
  })
  return { ...answer, parts }
}
