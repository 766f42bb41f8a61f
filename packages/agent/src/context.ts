import {
  isLine,
  type AnyLine,
  type Content,
  type Line,
  type LineBody,
  type LineDraft,
  type Settings,
} from '@openclaw/protocol'
import { changed, closings, ended, fromOutside, goOn, pinned, remembered, revised, said, withFiles } from './said.ts'
import { solid, sound, type Turn } from './turns.ts'

type ToolTurn = Extract<Turn, { role: 'tool' }>

/** A call of the newest assistant turn. `asked` is the id in the journal, `id` the one in the request. */
interface OpenCall {
  readonly asked: string
  readonly id: string
  readonly name: string
  intended: boolean
  result?: ToolTurn
}

/** An assistant turn whose calls do not all have a result yet. */
interface OpenStep {
  readonly run: string
  readonly turn: Turn
  readonly calls: OpenCall[]
}

/**
 * The live context of a session: a pure function of its journal lines, folded one by one, so that a longer journal
 * costs only its new lines. Every prefix of every journal gives turns that are valid for every provider: a user turn
 * first and last (or a tool's), one result for each call right after it, nothing empty, no two turns of a kind.
 */
export interface Context {
  /** Sequence of the last folded journal line. */
  readonly seq: number
  /** The system prompt in force; undefined before the first. */
  readonly system: string | undefined
  readonly settings: Settings
  /** About how many bytes the live lines and the drafts have. */
  readonly bytes: number
  /** Live lines, oldest first. */
  readonly lines: readonly AnyLine[]
  /** The turns of a request made now. The array is the caller's; the turns are shared and must not be changed. */
  turns(): Turn[]
  /** Folds the next line of the journal. */
  add(line: AnyLine): void
  /** Folds a line that is not durable yet. */
  addDraft(draft: LineDraft): void
  /** A live user line by its id. */
  user(id: string): Line<'user'> | undefined
  /** A live revision by its id. */
  revision(id: string): Line<'revision'> | undefined
  /** Adds a user line that a take may name, or what a revision says, without going on in the journal. */
  lend(line: Line<'user'> | Line<'revision'>): void
  /** A copy that grows on its own and shares what there is. */
  fork(): Context
}

interface State {
  seq: number
  system: string | undefined
  settings: Settings
  bytes: number
  lines: AnyLine[]
  /** Accepted user lines that no run took yet, by id. */
  waiting: Map<string, Line<'user'>>
  /** Platform ids of messages that are in the turns. */
  taken: Set<string>
  turns: Turn[]
  step: OpenStep | undefined
  /** What was said while calls were open; it comes after their results. */
  later: Turn[]
  callIds: Set<string>
}

const empty = (): State => ({
  seq: 0,
  system: undefined,
  settings: {},
  bytes: 0,
  lines: [],
  waiting: new Map(),
  taken: new Set(),
  turns: [],
  step: undefined,
  later: [],
  callIds: new Set(),
})

const copy = (state: State): State => ({
  ...state,
  lines: state.lines.slice(),
  waiting: new Map(state.waiting),
  taken: new Set(state.taken),
  turns: state.turns.slice(),
  step: state.step && { ...state.step, calls: state.step.calls.map((call) => ({ ...call })) },
  later: state.later.slice(),
  callIds: new Set(state.callIds),
})

function push(state: State, turn: Turn): void {
  if (state.step) {
    state.later.push(turn)
    return
  }
  const { turns } = state
  const last = turns.at(-1)
  if (turn.role === 'assistant' && (!last || last.role === 'assistant')) turns.push({ role: 'user', content: [goOn] })
  if (turn.role === 'user' && last?.role === 'user')
    turns[turns.length - 1] = { role: 'user', content: [...last.content, ...turn.content] }
  else turns.push(turn)
}
const say = (state: State, content: Content) => push(state, { role: 'user', content: [content] })

/** Gives every call that is still open its closing result, and lets in what waited for it. */
function close(state: State): void {
  const { step, later } = state
  if (!step) return
  state.step = undefined
  state.later = []
  push(state, step.turn)
  for (const { id, name, intended, result } of step.calls) {
    const text = intended ? closings.intended : closings.unstarted
    state.turns.push(result ?? { role: 'tool', call: id, name, content: [{ type: 'text', text }], failed: true })
  }
  for (const turn of later) push(state, turn)
}

function take(state: State, takes: readonly string[]): void {
  close(state)
  for (const id of takes) {
    const line = state.waiting.get(id)
    if (!line) continue
    state.waiting.delete(id)
    if (line.origin?.message !== undefined) state.taken.add(line.origin.message)
    push(state, { role: 'user', content: said(line) })
  }
}

function answer(state: State, { run, model, content }: LineBody<'assistant'>): void {
  close(state)
  const parts = sound(content, state.callIds)
  if (!parts) return
  const turn: Turn = { role: 'assistant', model, content: parts }
  const asked = content.filter((part) => part.type === 'call')
  const calls = parts.filter((part) => part.type === 'call')
  if (calls.length === 0) push(state, turn)
  else
    state.step = {
      run,
      turn,
      calls: calls.map(({ id, name }, at) => ({ asked: asked[at]!.id, id, name, intended: false })),
    }
}

function finish(state: State, { body, trust }: Line<'tool'>): void {
  const { run, call, content, failed } = body
  const { step } = state
  const open = step?.run === run ? step.calls.find(({ asked, result }) => asked === call && !result) : undefined
  if (!open) return
  open.result = {
    role: 'tool',
    call: open.id,
    name: open.name,
    content: trust === 'outside' ? fromOutside(solid(content)) : solid(content),
    failed: failed ?? false,
  }
  if (step!.calls.every(({ result }) => result)) close(state)
}

function intend(state: State, { run, call }: LineBody<'intent'>): void {
  const open =
    state.step?.run === run ? state.step.calls.find(({ asked, intended }) => asked === call && !intended) : undefined
  if (open) open.intended = true
}

function revise(state: State, { message, text }: LineBody<'revision'>): void {
  for (const [id, line] of state.waiting) {
    if (line.origin?.message !== message) continue
    state.waiting.set(id, revised(line, text))
    return
  }
  if (state.taken.has(message)) say(state, changed(text))
}

/** Files are where they were stored, from here on; a user line that a run takes later says so. */
function store(state: State, { files }: LineBody<'media'>): void {
  const found = new Map(files.map((file) => [file.ref, file]))
  for (const [id, line] of state.waiting) {
    if (line.body.attachments?.some(({ ref }) => found.has(ref))) state.waiting.set(id, withFiles(line, found))
  }
}

function set(state: State, patch: LineBody<'settings'>): void {
  const next = { ...state.settings, ...patch } as Record<string, unknown>
  for (const [key, value] of Object.entries(next)) if (value === null) delete next[key]
  state.settings = next
  if (patch.pins !== undefined) say(state, pinned(patch.pins ?? []))
}

/** Everything before the first kept line is gone, but for the summary and for messages that no run took yet. */
function cut(state: State, body: LineBody<'checkpoint'>): void {
  const { keep } = body
  const at = keep ? state.lines.findIndex(({ id }) => id === keep.id) : -1
  // A first kept line that was damaged is not in the journal's live lines: then they begin right after it.
  const kept = keep ? state.lines.slice(Math.max(at, 0)) : []
  const ids = new Set(kept.map(({ id }) => id))
  const { seq, system, waiting } = state
  Object.assign(state, empty(), { seq, waiting: new Map([...waiting].filter(([id]) => !ids.has(id))) })
  const memory = remembered(body)
  if (memory) say(state, memory)
  for (const line of kept) {
    note(state, line)
    if (line.kind !== 'checkpoint') apply(state, line)
  }
  state.system = body.system ?? system
  state.settings = body.settings
}

/** Checkpoints that a later one took out of force. */
function undone(lines: readonly AnyLine[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => (isLine(line, 'checkpoint') ? (line.body.undoes ?? []) : [])))
}

function apply(state: State, line: AnyLine): void {
  if (isLine(line, 'user')) state.waiting.set(line.id, line)
  else if (isLine(line, 'run')) {
    take(state, line.body.takes)
    if (line.body.note?.trim()) say(state, { type: 'text', text: line.body.note })
  } else if (isLine(line, 'take')) take(state, line.body.takes)
  else if (isLine(line, 'assistant')) answer(state, line.body)
  else if (isLine(line, 'tool')) finish(state, line)
  else if (isLine(line, 'intent')) intend(state, line.body)
  else if (isLine(line, 'end')) {
    close(state)
    say(state, ended(line.body))
  } else if (isLine(line, 'note')) {
    if (line.body.text.trim())
      push(state, { role: 'assistant', model: '', content: [{ type: 'text', text: line.body.text }] })
  } else if (isLine(line, 'revision')) revise(state, line.body)
  else if (isLine(line, 'media')) store(state, line.body)
  else if (isLine(line, 'system')) state.system = line.body.text
  else if (isLine(line, 'settings')) set(state, line.body)
  else if (isLine(line, 'checkpoint')) {
    if (line.body.undoes) state.settings = line.body.settings
    else cut(state, line.body)
  }
}

/** Remembers a line as live. */
function note(state: State, line: AnyLine): void {
  state.lines.push(line)
  state.seq = line.seq
  state.bytes += bytesOf(line.body)
}

const bytesOf = (body: unknown) => 200 + (body === undefined ? 0 : JSON.stringify(body).length)

function contextOf(state: State): Context {
  let drafts = 0
  return {
    get seq() {
      return state.seq
    },
    get system() {
      return state.system
    },
    get settings() {
      return state.settings
    },
    get bytes() {
      return state.bytes
    },
    get lines() {
      return state.lines
    },
    turns() {
      let { turns } = state
      if (state.step) {
        const closed = copy(state)
        close(closed)
        turns = closed.turns
      }
      const last = turns.at(-1)
      return !last || last.role === 'assistant' ? [...turns, { role: 'user', content: [goOn] }] : turns.slice()
    },
    add(line) {
      apply(state, line)
      note(state, line)
    },
    addDraft(draft) {
      state.bytes += bytesOf(draft.body)
      apply(state, { v: 1, id: `draft:${++drafts}`, seq: state.seq, at: 0, ...draft } as Line)
    },
    user: (id) =>
      state.waiting.get(id) ?? state.lines.filter((line) => isLine(line, 'user')).findLast((line) => line.id === id),
    revision: (id) => state.lines.filter((line) => isLine(line, 'revision')).findLast((line) => line.id === id),
    lend(line) {
      if (isLine(line, 'user')) state.waiting.set(line.id, line)
      else revise(state, line.body)
    },
    fork: () => contextOf(copy(state)),
  }
}

/** Folds journal lines, oldest first, from any live start. */
export function fold(lines: readonly AnyLine[] = []): Context {
  const context = contextOf(empty())
  const out = undone(lines)
  for (const line of lines) if (!out.has(line.id)) context.add(line)
  return context
}
