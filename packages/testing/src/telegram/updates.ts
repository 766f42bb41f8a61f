import type { Faults } from './faults.ts'
import { refuse } from './refusal.ts'
import type { TelegramUpdate, UpdateKind } from './types.ts'

/** Kinds that a bot gets without asking; the others must be named (https://core.telegram.org/bots/api#getupdates). */
const usual: readonly string[] = ['message', 'edited_message', 'callback_query', 'my_chat_member']

/** What waits to be fetched or delivered. */
export interface Updates {
  /** Adds an update, unless its kind is not asked for. */
  push(kind: UpdateKind, value: object): void
  /** Which kinds are asked for; as before when undefined, the usual ones when empty. */
  allow(kinds: readonly string[] | undefined): void
  readonly allowed: readonly string[]
  readonly length: number
  first(): TelegramUpdate | undefined
  /** This one has arrived. */
  done(update: TelegramUpdate): void
  clear(): void
  /**
   * Confirms everything below `offset` and answers what there is, or what comes within `timeoutMs`. A poll that waits
   * already is terminated: Telegram lets one program poll.
   */
  poll(
    asked: { readonly offset?: number; readonly limit: number; readonly timeoutMs: number },
    gone: AbortSignal,
  ): Promise<readonly TelegramUpdate[]>
  /** Ends the waiting poll with a 409 for this reason. */
  terminate(reason: string): void
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>
  /** Calls back after each change. */
  onChange(listen: () => void): Disposable
}

interface Waiting {
  readonly update: TelegramUpdate
  /** How often it is to be delivered. */
  times: number
  given: boolean
}

export function openUpdates(faults: Faults): Updates {
  const queue: Waiting[] = []
  const listeners = new Set<() => void>()
  let held: readonly [UpdateKind, object] | undefined
  let last = 100_000_000
  let allowed = usual
  let current: { end(reason?: string): void } | undefined

  const changed = () => {
    for (const listen of listeners) listen()
  }
  const enqueue = ([kind, value]: readonly [UpdateKind, object]) => {
    const times = faults.take('duplicate')?.times ?? 1
    queue.push({ update: { update_id: ++last, [kind]: value }, times, given: false })
  }
  const drop = (waiting: Waiting) => {
    // One that is to come again stands as if its confirmation had been lost.
    if (waiting.times > 1) Object.assign(waiting, { times: waiting.times - 1, given: false })
    else queue.splice(queue.indexOf(waiting), 1)
  }
  const confirm = (offset: number) => {
    if (offset < 0) queue.splice(0, Math.max(0, queue.length + offset))
    for (const waiting of queue.filter(({ update, given }) => update.update_id < offset && given)) drop(waiting)
    changed()
  }
  const give = (limit: number) =>
    queue.slice(0, limit).map((waiting) => {
      waiting.given = true
      return waiting.update
    })

  return {
    push(kind, value) {
      if (!allowed.includes(kind)) return
      const before = held
      if (!before && faults.take('reorder')) held = [kind, value]
      else {
        held = undefined
        enqueue([kind, value])
        if (before) enqueue(before)
      }
      changed()
    },
    allow(kinds) {
      if (kinds) allowed = kinds.length > 0 ? kinds : usual
    },
    get allowed() {
      return allowed
    },
    get length() {
      return queue.length + (held ? 1 : 0)
    },
    first: () => queue[0]?.update,
    done(update) {
      for (const waiting of queue.filter((one) => one.update === update)) drop(waiting)
      changed()
    },
    clear() {
      queue.length = 0
      held = undefined
      changed()
    },
    async poll({ offset = 0, limit, timeoutMs }, gone) {
      current?.end('terminated by other getUpdates request; make sure that only one bot instance is running')
      confirm(offset)
      if (queue.length > 0 || timeoutMs <= 0 || gone.aborted) return give(limit)
      const { promise, resolve, reject } = Promise.withResolvers<readonly TelegramUpdate[]>()
      const mine = { end: (reason?: string) => (reason ? reject(refuse(409, `Conflict: ${reason}`)) : resolve([])) }
      const end = () => mine.end()
      const wake = () => queue.length > 0 && resolve(give(limit))
      current = mine
      listeners.add(wake)
      gone.addEventListener('abort', end, { once: true })
      const timer = setTimeout(end, timeoutMs)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        listeners.delete(wake)
        gone.removeEventListener('abort', end)
        if (current === mine) current = undefined
      }
    },
    terminate: (reason) => current?.end(reason),
    async drained() {
      if (queue.length === 0 && !held) return
      await new Promise<void>((resolve) => {
        const look = () => {
          if (queue.length > 0 || held) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
      })
    },
    onChange(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
  }
}
