import { setTimeout as sleep } from 'node:timers/promises'
import { median } from './report.ts'

/** What came of a load. */
export interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** How long each took, in ms; those of several loads are one when they are put together. */
  readonly times: readonly number[]
  /** Processor time of this thread for one, in µs: other work on the machine does not change it much. */
  readonly cpuUs: number
}

/** A load: so many at once, or so many a second. */
export interface Load {
  readonly count: number
  readonly underWay?: number
  readonly perSecond?: number
}

/** Does one thing `count` times. At a steady rate each is timed from the moment at which it was due. */
export async function apply(one: (at: number) => Promise<void>, load: Load): Promise<Measured> {
  const times: number[] = []
  const began = performance.now()
  const cpuBefore = cpuUs()
  const timed = async (at: number, from = performance.now()) => {
    await one(at)
    times.push(performance.now() - from)
  }
  if (load.perSecond === undefined) await flood(timed, load.count, load.underWay ?? 1)
  else {
    const everyMs = 1000 / load.perSecond
    await steadily(
      (at) => timed(at, began + at * everyMs),
      load.count,
      (at) => began + at * everyMs,
    )
  }
  const perSecond = load.count / ((performance.now() - began) / 1000)
  return { perSecond, p50: median(times), p99: shareOf(times, 0.99), times, cpuUs: (cpuUs() - cpuBefore) / load.count }
}

function cpuUs(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

async function flood(one: (at: number) => Promise<void>, count: number, underWay: number): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: underWay }, async () => {
      while (next < count) await one(next++)
    }),
  )
}

async function steadily(
  one: (at: number) => Promise<void>,
  count: number,
  dueAt: (at: number) => number,
): Promise<void> {
  const all: Promise<void>[] = []
  while (all.length < count) {
    while (all.length < count && dueAt(all.length) <= performance.now()) all.push(one(all.length))
    await sleep(1)
  }
  await Promise.all(all)
}

/** The value below which that share of some measurements lies. */
export function shareOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
