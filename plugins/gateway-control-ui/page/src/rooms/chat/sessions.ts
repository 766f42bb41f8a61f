import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { EventEnvelope, EventPayload, Failure, MethodResult } from '@openclaw/protocol'
import type { Gateway } from '../../connection/gateway.ts'
import { makeId } from '../../parts/id.ts'

/** A session as `sessions.list` tells of it. */
export type SessionInfo = MethodResult<'sessions.get'>

/** The list of sessions, last used first, and which one is open. */
export interface Sessions extends Disposable {
  readonly list: ReadonlySignal<readonly SessionInfo[]>
  readonly total: ReadonlySignal<number>
  readonly phase: ReadonlySignal<'loading' | 'ready' | Failure>
  readonly search: Signal<string>
  /** Key of the open session. It may have no journal yet. */
  readonly selected: ReadonlySignal<string>
  /** The open session, once it has a journal. */
  readonly current: ReadonlySignal<SessionInfo | undefined>
  readonly running: ReadonlySignal<ReadonlySet<string>>
  select(key: string): void
  /** Opens a session that begins with its first message. */
  begin(): void
  loadMore(): void
  rename(key: string, title: string): Promise<void>
  reset(key: string): Promise<void>
  remove(key: string): Promise<void>
  /** Puts a changed session in its place. */
  put(info: SessionInfo): void
}

const pageOfSessions = 40

/** A further session of the same principal: a thread of its own session. */
export function threadKey(own: string, thread: string): string {
  return `${own.split(':').slice(0, 5).join(':')}:thread:${thread}`
}

/** Follows the sessions of the gateway. `wanted` is the session an earlier visit had open. */
export function openSessions(gateway: Gateway, wanted: string | undefined): Sessions {
  const list = signal<readonly SessionInfo[]>([])
  const total = signal(0)
  const phase = signal<'loading' | 'ready' | Failure>('loading')
  const search = signal('')
  const selected = signal(wanted ?? '')
  const apart = signal<SessionInfo | undefined>(undefined)
  const streaming = signal<ReadonlyMap<string, boolean>>(new Map())
  const current = computed(
    () =>
      list.value.find((one) => one.key === selected.value) ??
      (apart.value?.key === selected.value ? apart.value : undefined),
  )
  const running = computed(
    () =>
      new Set(
        [...new Map([...list.value.map((one) => [one.key, one.running] as const), ...streaming.value])].flatMap(
          ([key, on]) => (on ? [key] : []),
        ),
      ),
  )
  let limit = pageOfSessions
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    const ask = ++asked
    const words = search.peek().trim()
    try {
      const found = await gateway.call('sessions.list', { limit, ...(words ? { search: words } : {}) })
      if (ask !== asked) return
      list.value = found.sessions
      total.value = found.total
      phase.value = 'ready'
      streaming.value = new Map()
      await loadApart()
    } catch (thrown) {
      if (ask === asked && phase.peek() !== 'ready') phase.value = thrown as Failure
    }
  }

  /** The open session may be beyond the page that is listed. */
  async function loadApart(): Promise<void> {
    const key = selected.peek()
    if (!key || list.peek().some((one) => one.key === key)) return
    apart.value = await gateway.call('sessions.get', { session: key }).catch(() => undefined)
  }

  function soon(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), ms)
  }

  function hear({ event, session = '', payload }: EventEnvelope): void {
    if (event === 'sessions.changed') {
      const { key, deleted } = payload as EventPayload<'sessions.changed'>
      if (deleted) list.value = list.peek().filter((one) => one.key !== key)
      soon(120)
    } else if (event === 'agent.start') streaming.value = new Map(streaming.peek()).set(session, true)
    else if (event === 'agent.end') streaming.value = new Map(streaming.peek()).set(session, false)
    else if (event === 'session.line') {
      const { line } = payload as EventPayload<'session.line'>
      const known = list.peek().find((one) => one.key === session)
      if (!known) soon(120)
      // A title is the first words said, so a first message changes it too.
      else if (known.lines < 4) soon(120)
      else
        list.value = [{ ...known, updatedAt: line.at, lines: line.seq }, ...list.peek().filter((one) => one !== known)]
    }
  }

  function put(info: SessionInfo): void {
    if (list.peek().some((one) => one.key === info.key))
      list.value = list.peek().map((one) => (one.key === info.key ? info : one))
    else apart.value = info
  }

  let before = search.peek()
  const stops = [
    gateway.onEvent(hear),
    gateway.onOpen(() => {
      const { state } = gateway
      const now = state.peek()
      if (!selected.peek() && now.at === 'open') selected.value = now.hello.session
      void load()
    }),
    gateway.onLost(() => soon(0)),
    effect(() => {
      if (search.value === before) return
      before = search.value
      soon(180)
    }),
    effect(() => {
      if (selected.value && phase.peek() === 'ready') void loadApart()
    }),
  ]

  const base = () => {
    const now = gateway.state.peek()
    return now.at === 'open' ? now.hello.session : selected.peek()
  }
  return {
    list,
    total,
    phase,
    search,
    selected,
    current,
    running,
    put,
    select: (key) => (selected.value = key),
    begin: () => (selected.value = threadKey(base(), makeId())),
    loadMore() {
      if (list.peek().length >= total.peek()) return
      limit = Math.min(500, limit + pageOfSessions)
      void load()
    },
    rename: async (key, title) =>
      put(await gateway.call('sessions.patch', { session: key, title: title.trim() || null })),
    reset: async (key) => put(await gateway.call('sessions.reset', { session: key })),
    async remove(key) {
      await gateway.call('sessions.delete', { session: key })
      list.value = list.peek().filter((one) => one.key !== key)
      if (selected.peek() === key) selected.value = base()
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      for (const stop of stops) stop()
    },
  }
}
