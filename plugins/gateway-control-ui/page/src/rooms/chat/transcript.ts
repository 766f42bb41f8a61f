import {
  asList,
  asText,
  type Attachment,
  bodyOf,
  type Content,
  type Failure,
  type JournalLine,
  type Usage,
} from './lines.ts'

/** A piece of an answer. `key` stays while it turns from streamed to durable, so that it is not drawn anew. */
export type AnswerPart =
  | { readonly kind: 'text' | 'thinking'; readonly key: string; readonly text: string; readonly streaming: boolean }
  | CallPart
/** A tool call. `unknown`: its run ended without a result, it may have happened. */
export interface CallPart {
  readonly kind: 'call'
  readonly key: string
  readonly call: string
  readonly tool: string
  readonly input: unknown
  readonly state: 'running' | 'done' | 'failed' | 'unknown'
  readonly content: readonly Content[]
}

/** What one run said and did, up to the next message. */
export interface Answer extends Shared {
  readonly kind: 'answer'
  readonly run: string
  readonly model: string
  readonly parts: readonly AnswerPart[]
  readonly usage: Usage | undefined
  /** Its run goes on. */
  readonly live: boolean
}
/** What somebody said to the agent. */
export interface Said extends Shared {
  readonly kind: 'said'
  readonly line: string
  readonly text: string
  readonly name: string
  readonly attachments: readonly Attachment[]
  /** Where it came from, when not from a page or a command line. */
  readonly channel: string
  readonly revised: 'no' | 'changed' | 'deleted'
  readonly reactions: readonly string[]
  /** Durable, and not yet part of any run. */
  readonly waiting: boolean
}
interface Shared {
  readonly key: string
  readonly atMs: number
  /** Changes whenever anything in the item does; an equal stamp means an equal item. */
  readonly stamp: string
}
/** One thing in a conversation, as it is shown. */
export type Item =
  | Said
  | Answer
  | (Shared & { readonly kind: 'note'; readonly text: string; readonly label: string })
  | (Shared & {
      readonly kind: 'divider'
      readonly reason: 'compaction' | 'reset' | 'new' | 'undo'
      readonly summary: string
    })
  | (Shared & { readonly kind: 'change'; readonly text: string })
  | (Shared & {
      readonly kind: 'ended'
      readonly outcome: 'failed' | 'aborted' | 'interrupted'
      readonly failure: Failure | undefined
    })
  | (Shared & { readonly kind: 'erased' })

/** The key of a run's n-th answer: a message in between begins the next one. */
export function answerKey(run: string, block: number): string {
  return `answer:${run}:${block}`
}

type Draft<T> = { -readonly [K in keyof T]: T[K] }
type AnswerDraft = Omit<Draft<Answer>, 'parts'> & { parts: AnswerPart[] }

/** Folds journal lines, in order, into what is shown. Lines of kinds that say nothing to a reader give no item. */
export function foldLines(
  lines: readonly JournalLine[],
  running: ReadonlySet<string>,
  taken: ReadonlySet<string> = new Set(),
): readonly Item[] {
  const items: (Item | AnswerDraft)[] = []
  const places = new Map<string, { answer: AnswerDraft; at: number }>()
  const said = new Map<string, Draft<Said>>()
  const takes = new Set(taken)
  const blocks = new Map<string, number>()
  let lastTake = 0
  const answerOf = (run: string, model: string, line: JournalLine): AnswerDraft => {
    const last = items.at(-1)
    if (last?.kind === 'answer' && last.run === run) return last as AnswerDraft
    const block = blocks.get(run) ?? 0
    blocks.set(run, block + 1)
    const answer: AnswerDraft = {
      kind: 'answer',
      key: answerKey(run, block),
      atMs: line.at,
      stamp: '',
      run,
      model,
      parts: [],
      usage: undefined,
      live: true,
    }
    items.push(answer)
    return answer
  }
  for (const line of lines) {
    const shared = { key: line.id, atMs: line.at, stamp: String(line.seq) }
    if (line.erased !== undefined) {
      if (['user', 'assistant', 'tool', 'note'].includes(line.kind)) items.push({ kind: 'erased', ...shared })
      continue
    }
    const user = bodyOf(line, 'user')
    if (user) {
      const item = foldUser(line, user, shared)
      items.push(item)
      if (line.origin?.message) said.set(line.origin.message, item)
      said.set(line.id, item)
    }
    const taking = bodyOf(line, 'run')?.takes ?? bodyOf(line, 'take')?.takes
    if (taking) lastTake = items.length
    for (const id of taking ?? []) takes.add(id)
    const assistant = bodyOf(line, 'assistant')
    if (assistant)
      foldAssistant(line, assistant, answerOf(asText(assistant.run), asText(assistant.model), line), places)
    const tool = bodyOf(line, 'tool')
    if (tool) foldResult(line, tool, answerOf, places)
    const note = bodyOf(line, 'note')
    if (note) items.push({ kind: 'note', ...shared, text: asText(note.text), label: asText(note.label) })
    const end = bodyOf(line, 'end')
    if (end) items.push({ kind: 'ended', ...shared, outcome: end.outcome ?? 'failed', failure: end.failure })
    const checkpoint = bodyOf(line, 'checkpoint')
    if (checkpoint)
      items.push({
        kind: 'divider',
        ...shared,
        reason: checkpoint.reason ?? 'new',
        summary: asText(checkpoint.summary),
      })
    const settings = bodyOf(line, 'settings')
    const change = settings && sayChange(settings)
    if (change) items.push({ kind: 'change', ...shared, text: change })
    revise(line, said)
  }
  for (const [at, item] of items.entries()) finish(item, running, at >= lastTake ? takes : undefined)
  return items
}

function foldUser(
  line: JournalLine,
  body: Partial<{ text: string; sender: { id: string; name?: string }; attachments: Attachment[] }>,
  shared: Shared,
): Draft<Said> {
  return {
    kind: 'said',
    ...shared,
    line: line.id,
    text: asText(body.text),
    name: asText(body.sender?.name ?? body.sender?.id),
    attachments: asList(body.attachments),
    channel: asText(line.origin?.channel),
    revised: 'no',
    reactions: [],
    waiting: false,
  }
}

function foldAssistant(
  line: JournalLine,
  body: NonNullable<ReturnType<typeof bodyOf<'assistant'>>>,
  answer: AnswerDraft,
  places: Map<string, { answer: AnswerDraft; at: number }>,
): void {
  answer.stamp += ` ${line.seq}`
  answer.model = asText(body.model) || answer.model
  answer.usage = addUsage(answer.usage, body.usage)
  for (const part of asList(body.content)) {
    const key = String(answer.parts.length)
    if (part.type === 'call') {
      places.set(part.id, { answer, at: answer.parts.length })
      answer.parts.push({
        kind: 'call',
        key,
        call: asText(part.id),
        tool: asText(part.name),
        input: part.input,
        state: 'running',
        content: [],
      })
    } else if ((part.type === 'text' || part.type === 'thinking') && asText(part.text)) {
      answer.parts.push({ kind: part.type, key, text: asText(part.text), streaming: false })
    }
  }
}

function foldResult(
  line: JournalLine,
  body: NonNullable<ReturnType<typeof bodyOf<'tool'>>>,
  answerOf: (run: string, model: string, line: JournalLine) => AnswerDraft,
  places: Map<string, { answer: AnswerDraft; at: number }>,
): void {
  const result = { state: body.failed ? 'failed' : 'done', content: asList(body.content) } as const
  const place = places.get(asText(body.call))
  const answer = place?.answer ?? answerOf(asText(body.run), '', line)
  answer.stamp += ` ${line.seq}`
  const called = place && answer.parts[place.at]
  if (called?.kind === 'call') answer.parts[place?.at ?? 0] = { ...called, ...result }
  // The call stands on a page that is not loaded yet.
  else
    answer.parts.push({
      kind: 'call',
      key: String(answer.parts.length),
      call: asText(body.call),
      tool: asText(body.tool),
      input: undefined,
      ...result,
    })
}

function revise(line: JournalLine, said: ReadonlyMap<string, Draft<Said>>): void {
  const revision = bodyOf(line, 'revision')
  const revised = revision && said.get(asText(revision.message))
  if (revised) {
    revised.revised = asText(revision.text) ? 'changed' : 'deleted'
    if (revision.text) revised.text = asText(revision.text)
    revised.stamp += ` ${line.seq}`
  }
  const reaction = bodyOf(line, 'reaction')
  const reacted = reaction && said.get(asText(reaction.message))
  if (reacted && asText(reaction.emoji)) {
    reacted.reactions = [...reacted.reactions, asText(reaction.emoji)]
    reacted.stamp += ` ${line.seq}`
  }
}

function finish(
  item: Draft<Item> | AnswerDraft,
  running: ReadonlySet<string>,
  takes: ReadonlySet<string> | undefined,
): void {
  if (item.kind === 'said' && running.size > 0 && takes && !takes.has(item.line)) {
    item.waiting = true
    item.stamp += ' waiting'
  }
  if (item.kind !== 'answer' || running.has(item.run)) return
  item.live = false
  item.parts = item.parts.map((part) =>
    part.kind === 'call' && part.state === 'running' ? { ...part, state: 'unknown' } : part,
  )
  item.stamp += ' over'
}

function sayChange(settings: Partial<{ model: string | null; thinking: string | null }>): string {
  const said: string[] = []
  if (settings.model !== undefined)
    said.push(settings.model === null ? 'Model: the default' : `Model: ${asText(settings.model)}`)
  if (settings.thinking !== undefined)
    said.push(settings.thinking === null ? 'Thinking: the default' : `Thinking: ${asText(settings.thinking)}`)
  return said.join(' · ')
}

function addUsage(sum: Usage | undefined, more: Usage | undefined): Usage | undefined {
  if (!sum || !more) return more ?? sum
  const cost = (sum.costUsd ?? 0) + (more.costUsd ?? 0)
  return {
    input: sum.input + more.input,
    cached: sum.cached + more.cached,
    output: sum.output + more.output,
    ...(cost > 0 ? { costUsd: cost } : {}),
  }
}

/** Keeps the old item wherever nothing in it changed, so that only what changed is drawn again. */
export function keepItems(before: readonly Item[], after: readonly Item[]): readonly Item[] {
  const known = new Map(before.map((item) => [item.key, item]))
  return after.map((item) => {
    const old = known.get(item.key)
    return old?.stamp === item.stamp ? old : item
  })
}
