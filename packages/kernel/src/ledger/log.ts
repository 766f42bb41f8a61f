import { failure } from '@openclaw/protocol'
import type { Clock, FileHandle } from '../platform.ts'
import { encodeGroup } from './line.ts'

interface Waiting {
  readonly n: number
  readonly text: string
  readonly settled: Settled
}

/** Told what became of a group: why the disk refused it, and the number of its commit. */
export type Settled = (refused: Error | undefined, n: number) => void

/** Appends groups to one file, as many as wait in one append and one sync. */
export interface Log extends AsyncDisposable {
  /**
   * Takes the JSON of a group's records. `settled` is called when the group is on the disk, or with the reason when it
   * was refused: in order, each batch in one go, so that what was reserved for refused groups can be given back before
   * anybody reserves anew.
   */
  append(records: string, at: number, settled: Settled): void
  /** Runs while nothing is appended and the file is not open, so that it may be replaced. */
  pause(work: () => Promise<void>): Promise<void>
  readonly trouble: string | undefined
}

/** What a log goes on from: an open file, how to open it again, and what was found in it. */
export interface LogStart {
  readonly handle: FileHandle
  open(): Promise<FileHandle>
  /** The file, for messages. */
  name(): string
  /** Number of the last commit. */
  readonly last: number
  /** The file may not end in a newline. */
  readonly torn: boolean
  readonly clock: Clock
}

/** Goes on with a log. */
export function openLog(start: LogStart): Log {
  const { name, clock } = start
  let { last, torn } = start
  let handle: FileHandle | undefined = start.handle
  let waiting: Waiting[] = []
  let pauses: (() => Promise<void>)[] = []
  let running: Promise<void> | undefined
  let refused: { from: number; upto: number } | undefined
  let trouble: string | undefined
  let closed = false

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    let text = torn ? '\n' : ''
    if (refused) text += `${encodeGroup(++last, clock.now(), JSON.stringify({ type: 'refusal', ...refused }))}\n`
    for (const one of batch) text += `${one.text}\n`
    // What an append that fails leaves behind is not known, so the next one starts on a line of its own.
    torn = true
    handle ??= await start.open()
    await handle.append(Buffer.from(text))
    await handle.sync()
    torn = false
    refused = undefined
    trouble = undefined
  }

  const release = async (): Promise<void> => {
    const open = handle
    handle = undefined
    await open?.[Symbol.asyncDispose]()
  }

  const flush = async (): Promise<void> => {
    while (waiting.length > 0 || pauses.length > 0) {
      const pausing = pauses
      pauses = []
      for (const pause of pausing) await pause()
      const batch = waiting
      waiting = []
      if (batch.length === 0) continue
      try {
        await write(batch)
      } catch (error) {
        const all = [...batch, ...waiting]
        waiting = []
        refused = { from: refused?.from ?? batch[0]!.n, upto: last }
        trouble = (error as Error).message
        const reason = failure(
          'unavailable',
          `ledger: the disk refused an append to ${name()} (${trouble}); nothing of it counts; free space or mend the disk, and try again`,
          { cause: error },
        )
        for (const one of all) one.settled(reason, one.n)
        // A descriptor can go bad for good (a remount, a network disk); the next try opens the file anew.
        await release().catch(() => {})
        continue
      }
      for (const one of batch) one.settled(undefined, one.n)
    }
    running = undefined
  }

  // A microtask later, so that groups appended in one go share the sync.
  const wake = (): Promise<void> => (running ??= Promise.resolve().then(flush))

  return {
    append(records, at, settled) {
      if (closed) return settled(failure('unavailable', `ledger: ${name()} is closed; start the gateway again`), last)
      const n = ++last
      waiting.push({ n, text: encodeGroup(n, at, records), settled })
      void wake()
    },
    pause(work) {
      return new Promise((resolve, reject) => {
        // What goes on after it may be another file, which begins whole.
        pauses.push(() => release().then(work).then(resolve, reject))
        void wake()
      })
    },
    get trouble() {
      return trouble
    },
    async [Symbol.asyncDispose]() {
      closed = true
      await running
      await release()
    },
  }
}
