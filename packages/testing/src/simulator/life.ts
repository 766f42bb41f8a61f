import { failure } from '@openclaw/protocol'
import { randomFrom, type Platform } from '@openclaw/kernel'
import type { Disk } from './disk/disk.ts'
import { filesOf, trouble, type Operation, type Perform } from './disk/files.ts'
import type { Draws } from './draws.ts'
import { clockOf, type Time } from './time.ts'

/**
 * Why the disk refuses an operation: node's code, and for a write how many bytes went in before. `lie`: it says that the
 * operation is done, and does nothing.
 */
export type Refusal = { readonly code: string; readonly bytes?: number } | 'lie' | undefined

/** One life of a gateway process: what it sees of the machine, until it ends. */
export interface Life {
  readonly platform: Platform
  readonly alive: boolean
  /**
   * Something outside that comes about when its turn comes, and is nothing to this process any more when it is dead by
   * then. Rejects early with the signal's reason.
   */
  outside<T>(label: string, happen: () => T, options?: Outside): Promise<T>
  /**
   * Ends the process here and now. What it had asked of the disk comes about in part; nothing is answered any more, so
   * what is left of its program waits for ever.
   */
  end(): void
}

export interface Outside {
  readonly fromMs?: number
  readonly uptoMs?: number
  readonly signal?: AbortSignal
}

/** Begins a life over a disk. `refuse` is asked before each operation. */
export function beginLife(parts: {
  time: Time
  disk: Disk
  draws: Draws
  home: string
  refuse(operation: Operation): Refusal
}): Life {
  const { time, disk, home } = parts
  const draws = parts.draws.fork()
  const inFlight = new Set<{ readonly operation: Operation; perform(bytes?: number): unknown }>()
  let alive = true

  const perform: Perform = <T>(operation: Operation, act: (bytes?: number) => T, refused?: () => void): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!alive) return
      const asked = { operation, perform: act }
      inFlight.add(asked)
      time.soon(`disk ${operation.kind} ${operation.path.slice(home.length)}`, () => {
        if (!alive) return
        inFlight.delete(asked)
        const refusal = parts.refuse(operation)
        try {
          if (refusal === 'lie') return resolve(undefined as never)
          if (refusal?.bytes) act(refusal.bytes)
          if (refusal) refused?.()
          if (refusal) throw trouble(refusal.code, operation.path)
          resolve(act())
        } catch (error) {
          reject(error)
        }
      })
    })

  return {
    platform: {
      clock: clockOf(time, () => alive),
      files: filesOf(disk, perform, () => time.nowMs),
      random: randomFrom(() => time.nowMs, draws.fill),
      processes: {
        spawn(argv) {
          throw failure('unsupported', `${argv[0]} was not started: there are no programs on a simulated machine`)
        },
      },
      env: {},
    },
    get alive() {
      return alive
    },
    outside(label, happen, { fromMs = 1, uptoMs = 20, signal } = {}) {
      return new Promise((resolve, reject) => {
        if (!alive) return
        if (signal?.aborted) return reject(signal.reason)
        const event = time.soon(
          label,
          () => {
            signal?.removeEventListener('abort', stop)
            if (!alive) return
            try {
              resolve(happen())
            } catch (error) {
              reject(error)
            }
          },
          fromMs,
          uptoMs,
        )
        const stop = () => {
          event[Symbol.dispose]()
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', stop, { once: true })
      })
    },
    end() {
      alive = false
      for (const { operation, perform } of inFlight) {
        const { kind, size = 0 } = operation
        if (!changes.has(kind) || draws.chance(0.5)) continue
        try {
          perform(kind === 'write' ? draws.between(0, size) : undefined)
        } catch {
          // It would have failed.
        }
      }
      inFlight.clear()
    },
  }
}

/** Operations that leave something behind when nobody waits for their answer any more. */
const changes: ReadonlySet<Operation['kind']> = new Set(['open', 'write', 'sync', 'rename', 'remove', 'folder'])
