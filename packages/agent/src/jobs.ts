import { randomUUID } from 'node:crypto'
import { failure } from '@openclaw/protocol'
import type { Job } from '@openclaw/sdk'
import { endChild, hasEnded, signalGroup, sweep, type ChildProcess } from './children.ts'

/** Most output of a job that waits to be read. */
const maxBytes = 256 * 1024
/** Most jobs of one session; ended ones that were read go first. */
const maxJobs = 20

/** Background commands of one session. They end with it, or with the process. */
export interface Jobs extends AsyncDisposable {
  /** Takes over a started child. `owner` is the mark it was started with. */
  add(child: ChildProcess, command: string, owner: string): Job
  get(id: string): Job | undefined
  list(): { readonly id: string; readonly command: string; readonly running: boolean }[]
  /** Throws `rate_limited` when there are too many that run. */
  admit(): void
}

interface Held {
  readonly job: Job
  readonly command: string
  readonly child: ChildProcess
  readonly owner: string
}

function jobOf(child: ChildProcess, owner: string): Job {
  let waiting: Buffer[] = []
  let bytes = 0
  let dropped = 0
  const keep = (piece: Buffer) => {
    waiting.push(piece)
    bytes += piece.length
    while (bytes > maxBytes) {
      const first = waiting[0]!
      const excess = Math.min(first.length, bytes - maxBytes)
      if (excess === first.length) waiting.shift()
      // A copy, so that the large buffer behind the piece can go.
      else waiting[0] = Buffer.from(first.subarray(excess))
      bytes -= excess
      dropped += excess
    }
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', keep)
    stream.on('error', () => {})
  }
  child.once('exit', () => signalGroup(child, 'SIGKILL'))
  return {
    id: randomUUID().slice(0, 8),
    async read() {
      const text = Buffer.concat(waiting).toString('utf8')
      const before = dropped
      waiting = []
      bytes = 0
      dropped = 0
      const exit = child.exitCode ?? (child.signalCode ? 137 : undefined)
      return { text, dropped: before, ...(exit === undefined ? {} : { exit }) }
    },
    write(text) {
      if (!child.stdin.writable) return Promise.reject(failure('conflict', 'the job does not read any more'))
      return new Promise((resolve, reject) => {
        child.stdin.write(text, (error) =>
          error ? reject(failure('conflict', `the job does not read any more: ${error.message}`)) : resolve(),
        )
      })
    },
    async kill() {
      await endChild(child)
      await sweep(owner)
    },
  }
}

/** Opens the jobs of one session. */
export function openJobs(): Jobs {
  const held = new Map<string, Held>()
  return {
    admit() {
      for (const [id, { child }] of held) {
        if (held.size < maxJobs) break
        if (hasEnded(child)) held.delete(id)
      }
      if (held.size >= maxJobs)
        throw failure('rate_limited', `${maxJobs} jobs of this session are running; end one of them first`)
    },
    add(child, command, owner) {
      const job = jobOf(child, owner)
      held.set(job.id, { job, command, child, owner })
      return job
    },
    get: (id) => held.get(id)?.job,
    list: () =>
      [...held.values()].map(({ job, command, child }) => ({ id: job.id, command, running: !hasEnded(child) })),
    async [Symbol.asyncDispose]() {
      const all = [...held.values()]
      held.clear()
      await Promise.all(all.map(({ job }) => job.kill()))
    },
  }
}
