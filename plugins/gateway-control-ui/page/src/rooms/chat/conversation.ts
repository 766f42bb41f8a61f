import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { EventEnvelope, EventName, EventPayload, Failure } from '@openclaw/protocol'
import type { Gateway } from '../../connection/gateway.ts'
import { asText, type JournalLine, mergeLines } from './lines.ts'
import { foldEvent, type Live, runsOf, settleLine, withLive } from './live.ts'
import { foldLines, type Item, keepItems } from './transcript.ts'

/** How far a conversation is read. A conversation that has no journal yet is `ready` and empty. */
export type Phase =
  | { readonly at: 'loading' }
  | { readonly at: 'ready' }
  | { readonly at: 'failed'; readonly failure: Failure }

/** One session as the page knows it: what is in its journal, and what streams. */
export interface Conversation extends Disposable {
  readonly session: string
  readonly phase: ReadonlySignal<Phase>
  readonly items: ReadonlySignal<readonly Item[]>
  /** Ids of the runs that are going on. */
  readonly running: ReadonlySignal<ReadonlySet<string>>
  /** Older lines can be loaded. */
  readonly more: ReadonlySignal<boolean>
  readonly loadingOlder: ReadonlySignal<boolean>
  readonly lines: ReadonlySignal<readonly JournalLine[]>
  /** Puts the page of lines before the first one in front. */
  loadOlder(): Promise<void>
  /** Reads what became durable since the last line, or the newest page when nothing is known. */
  refresh(): Promise<void>
}

const pageOfLines = 120
/** Further behind than this, the newest page is read anew instead of everything between. */
const mostToCatchUp = 600

/** Opens a session: reads its newest lines and follows its events until it is disposed. */
export function openConversation(gateway: Gateway, session: string): Conversation {
  const phase = signal<Phase>({ at: 'loading' })
  const lines = signal<readonly JournalLine[]>([])
  const live = signal<Live>(new Map())
  const told = signal<ReadonlySet<string>>(new Set())
  const more = signal(false)
  const loadingOlder = signal(false)
  const running = computed(() => new Set([...told.value, ...runsOf(live.value)]))
  const runningKey = computed(() => [...running.value].join())
  const takenKey = computed(() => [...live.value.values()].flatMap((run) => run.takes).join())
  let folded: readonly Item[] = []
  // Depends on the names of the live runs only, so that streamed text does not fold the journal again.
  const durable = computed(
    () => (folded = keepItems(folded, foldLines(lines.value, setOf(runningKey.value), setOf(takenKey.value)))),
  )
  const items = computed(() => withLive(durable.value, live.value))
  let reading: Promise<void> | undefined
  let again = false
  /** Events that arrive while the journal is read wait for it. */
  let held: EventEnvelope[] | undefined = []

  async function read(): Promise<void> {
    held ??= []
    let streamed: readonly EventEnvelope[] = []
    let runs: readonly string[] = []
    try {
      const last = lines.peek().at(-1)?.seq ?? 0
      const page = await readNewest(gateway, session, last)
      runs = page.running
      lines.value = page.follows ? mergeLines(lines.peek(), page.lines) : page.lines
      if (page.more !== undefined) more.value = page.more
      told.value = new Set(runs)
      live.value = new Map([...live.peek()].filter(([id]) => runs.includes(id)))
      if (runs.length > 0 && live.peek().size === 0) streamed = await gateway.replay(session)
      phase.value = { at: 'ready' }
    } finally {
      const waiting = held ?? []
      held = undefined
      const seen = new Set(streamed.map((event) => event.seq))
      // The window of past events also holds runs that are settled: what their lines say is read already.
      for (const event of streamed)
        if (event.event === 'session.line' || runs.includes(asText((event.payload as { run?: unknown }).run)))
          apply(event)
      for (const event of waiting) if (!seen.has(event.seq)) apply(event)
    }
  }

  function refresh(): Promise<void> {
    if (reading) {
      again = true
      return reading
    }
    reading = read()
      .catch((thrown: Failure) => {
        if (phase.peek().at !== 'ready') phase.value = { at: 'failed', failure: thrown }
      })
      .finally(() => {
        reading = undefined
        if (!again) return
        again = false
        void refresh()
      })
    return reading
  }

  function apply(event: EventEnvelope): void {
    if (event.event === 'session.line') {
      const { line } = event.payload as EventPayload<'session.line'>
      const last = lines.peek().at(-1)?.seq ?? 0
      // A line is missing in between: read it, and this one with it.
      if (line.seq > last + 1 && last > 0) return void refresh()
      lines.value = mergeLines(lines.peek(), [line])
      live.value = settleLine(live.peek(), line)
    } else if (event.event.startsWith('agent.')) {
      const name = event.event as Extract<EventName, `agent.${string}`>
      const payload = event.payload as EventPayload<typeof name>
      live.value = foldEvent(live.peek(), name, payload, Date.now())
      if (name === 'agent.end' && told.peek().has(payload.run))
        told.value = new Set([...told.peek()].filter((run) => run !== payload.run))
    } else if (event.event === 'sessions.changed' && !(event.payload as EventPayload<'sessions.changed'>).deleted) {
      // A reset may have moved the journal on without a line that this page was told of.
      if (lines.peek().length > 0) void refresh()
    }
  }

  const stops = [
    gateway.onEvent((event) => {
      if (event.session !== session) return
      if (held) held.push(event)
      else apply(event)
    }),
    gateway.onOpen(() => void refresh()),
    gateway.onLost((lost) => {
      if (lost !== undefined && lost !== session) return
      live.value = new Map()
      void refresh()
    }),
  ]

  return {
    session,
    phase,
    items,
    running,
    more,
    loadingOlder,
    lines,
    refresh,
    async loadOlder() {
      const first = lines.peek()[0]?.seq
      if (!more.peek() || loadingOlder.peek() || first === undefined) return
      loadingOlder.value = true
      try {
        const page = await gateway.call('chat.history', { session, before: first, limit: pageOfLines })
        lines.value = mergeLines(page.lines, lines.peek())
        more.value = page.more
      } finally {
        loadingOlder.value = false
      }
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop()
    },
  }
}

function setOf(joined: string): ReadonlySet<string> {
  return new Set(joined ? joined.split(',') : [])
}

interface Newest {
  readonly lines: readonly JournalLine[]
  /** They follow what was known; else they replace it. */
  readonly follows: boolean
  readonly running: readonly string[]
  /** Whether older lines exist; undefined where that is as it was. */
  readonly more?: boolean
}

async function readNewest(gateway: Gateway, session: string, last: number): Promise<Newest> {
  let found: readonly JournalLine[] = []
  while (last > 0 && found.length < mostToCatchUp) {
    const page = await gateway.call('chat.history', { session, after: found.at(-1)?.seq ?? last, limit: pageOfLines })
    found = [...found, ...page.lines]
    if (!page.more || page.lines.length === 0) return { lines: found, follows: true, running: page.running }
  }
  const page = await gateway.call('chat.history', { session, limit: pageOfLines }).catch((thrown: Failure) => {
    if (thrown.code === 'not_found') return { lines: [], more: false, running: [] }
    throw thrown
  })
  return { ...page, follows: last === 0 }
}
