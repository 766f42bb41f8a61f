import type { LedgerRecord, QueueMode } from '@openclaw/protocol'
import type { Clock } from '@openclaw/sdk'

type Accept = LedgerRecord<'accept'>

/** A run in progress, as its lane sees it. */
export interface ActiveRun {
  readonly id: string
  /** How its session treats what comes meanwhile; undefined until it is planned. */
  readonly mode: QueueMode | undefined
  /** Resolves when the run is settled; never rejects. */
  readonly settled: Promise<void>
  /** `quiet`: nobody is told, as who would be told stopped it. */
  abort(reason: string, outcome: 'aborted' | 'interrupted', quiet?: boolean): void
  /** False when the run takes no more: the message waits for the next one. */
  steer(accept: Accept): Promise<boolean>
  /** Tells a run in progress of a durable line, e.g. that a message it works on was changed. */
  tell(line: string): Promise<void>
}

/** One lane per session: at most one run at a time, messages in the order of their acceptance. */
export interface Lanes {
  /** Puts an accepted message into its session's lane. */
  push(accept: Accept): void
  /** Keeps messages of a run that waits for a person: others begin meanwhile, and who stops the session stops it too. */
  hold(session: string, accepts: readonly Accept[]): void
  /** Puts messages that an interrupted run had taken, or a held one, before all others: they stay one run. */
  resume(session: string, accepts: readonly Accept[]): void
  running(session: string): ActiveRun | undefined
  /** Sessions with a run in progress. */
  readonly active: number
  /** Stops the run and forgets what waits; returns the accepts that waited, for the caller to settle. */
  stop(session: string, reason: string, quiet?: boolean): readonly Accept[]
  /** Takes a message back that no run has begun with, by the platform's id. */
  withdraw(session: string, message: string): Accept | undefined
  /** Messages that wait in a session. */
  waiting(session: string): number
  /** Lets runs begin; until then messages wait. */
  open(): void
  /** No new runs; resolves when all are settled. */
  drain(): Promise<void>
}

/** Parts of an album come one by one; the next is waited for so long. */
const albumMs = 500

interface Lane {
  resumed: (readonly Accept[])[]
  waiting: Accept[]
  /** More parts of an album may come. */
  album?: Disposable | undefined
  run?: ActiveRun
  /** What the last run knew of the session's settings. */
  mode?: QueueMode | undefined
}

/** Messages that one run may answer together: same reply address, same wishes, same parent. */
function batch(waiting: readonly Accept[], mode: QueueMode): number {
  if (mode === 'followup') {
    const { group } = waiting[0]!
    const other = group === undefined ? 1 : waiting.findIndex((accept) => accept.group !== group)
    return other === -1 ? waiting.length : other
  }
  const shape = ({ reply, ask, child }: Accept) => JSON.stringify([reply, ask, child?.above])
  const first = shape(waiting[0]!)
  const other = waiting.findIndex((accept) => shape(accept) !== first)
  return other === -1 ? waiting.length : other
}

/** Makes the lanes. `start` begins a run over the accepts; `mode` says how a session treats what comes meanwhile. */
export function openLanes(parts: {
  clock: Clock
  start(session: string, accepts: readonly Accept[]): ActiveRun
  mode(session: string): QueueMode
  /** So many sub-agents below one person's session run at once; the others wait. */
  abreast(session: string): number
}): Lanes {
  const lanes = new Map<string, Lane>()
  let closed = true
  let active = 0
  /** Runs of sub-agents by the session at the top, and the lanes that wait for one of them to end. */
  const abreast = new Map<string, number>()
  const crowded = new Map<string, Set<string>>()
  const held = new Map<string, Set<readonly Accept[]>>()

  function pump(session: string, lane: Lane) {
    if (lane.run || closed || (lane.album && lane.resumed.length === 0)) return
    if (lane.waiting.length === 0 && lane.resumed.length === 0) {
      lanes.delete(session)
      return
    }
    const top = (lane.resumed[0]?.[0] ?? lane.waiting[0])?.child?.above[0]!.session
    if (top !== undefined && (abreast.get(top) ?? 0) >= parts.abreast(top)) {
      crowded.set(top, (crowded.get(top) ?? new Set()).add(session))
      return
    }
    const accepts =
      lane.resumed.shift() ?? lane.waiting.splice(0, batch(lane.waiting, lane.mode ?? parts.mode(session)))
    const run = parts.start(session, accepts)
    lane.run = run
    active++
    if (top !== undefined) abreast.set(top, (abreast.get(top) ?? 0) + 1)
    void run.settled.then(() => {
      active--
      delete lane.run
      lane.mode = run.mode
      pump(session, lane)
      if (top !== undefined) makeRoom(top)
    })
  }

  /** One of a tree has ended: the next ones begin. */
  function makeRoom(top: string) {
    const left = abreast.get(top)! - 1
    if (left > 0) abreast.set(top, left)
    else abreast.delete(top)
    const waiting = crowded.get(top) ?? []
    crowded.delete(top)
    for (const session of waiting) {
      const lane = lanes.get(session)
      if (lane) pump(session, lane)
    }
  }

  function laneOf(session: string): Lane {
    let lane = lanes.get(session)
    if (!lane) lanes.set(session, (lane = { resumed: [], waiting: [] }))
    return lane
  }

  function wait(accept: Accept) {
    const { session, group } = accept
    const lane = laneOf(session)
    lane.waiting.push(accept)
    if (group !== undefined) {
      lane.album?.[Symbol.dispose]()
      lane.album = parts.clock.after(albumMs, () => {
        lane.album = undefined
        pump(session, lane)
      })
    }
    pump(session, lane)
  }

  return {
    push(accept) {
      const { run } = laneOf(accept.session)
      const mode = run && (run.mode ?? parts.mode(accept.session))
      if (run && mode === 'steer') {
        // By the time a run says no, it may be over and its lane gone: the message finds its lane anew.
        void run.steer(accept).then((taken) => (taken ? undefined : wait(accept)))
        return
      }
      if (run && mode === 'interrupt') run.abort('a newer message came', 'interrupted')
      wait(accept)
    },
    hold(session, accepts) {
      held.set(session, (held.get(session) ?? new Set()).add(accepts))
    },
    resume(session, accepts) {
      held.get(session)?.delete(accepts)
      if (held.get(session)?.size === 0) held.delete(session)
      const lane = laneOf(session)
      lane.resumed.push(accepts)
      pump(session, lane)
    },
    running: (session) => lanes.get(session)?.run,
    get active() {
      return active
    },
    stop(session, reason, quiet) {
      const waiting = [...(held.get(session) ?? [])].flat()
      held.delete(session)
      const lane = lanes.get(session)
      if (!lane) return waiting
      lane.run?.abort(reason, 'aborted', quiet)
      return [...waiting, ...lane.resumed.splice(0).flat(), ...lane.waiting.splice(0)]
    },
    withdraw(session, message) {
      const waiting = lanes.get(session)?.waiting ?? []
      const at = waiting.findIndex((accept) => accept.message === message)
      return at < 0 ? undefined : waiting.splice(at, 1)[0]
    },
    waiting: (session) => lanes.get(session)?.waiting.length ?? 0,
    open() {
      closed = false
      for (const [session, lane] of lanes) pump(session, lane)
    },
    async drain() {
      closed = true
      await Promise.all([...lanes.values()].flatMap(({ run }) => (run ? [run.settled] : [])))
    },
  }
}
