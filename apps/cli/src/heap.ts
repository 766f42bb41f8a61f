import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

const MB = 1024 * 1024

/** What the two halves of the young generation may have together. V8 would let each grow to 64 MB. */
const youngBytes = 32 * MB
/** Garbage that is never worth a look at the old generation, however little lives there. */
const leastGarbage = 16 * MB
/** Garbage in the old generation, as a share of what lives, at which V8 looks for it. It would wait for a multiple. */
const leastPercent = 40

/**
 * Lets this process hold little that is dead. A gateway has some 30 MB that live, and V8, which is made for throughput,
 * would hold hundreds beside them (https://v8.dev/blog/trash-talk). What a process is started with cannot do it, as a
 * person starts the gateway; V8 reads these two before each growth, so they are set after each collection.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${leastPercent}`)
  let factor = 2
  new PerformanceObserver(() => {
    let young = 0
    let old = 0
    for (const { space_name: name, space_size: size, space_used_size: used } of getHeapSpaceStatistics()) {
      if (name === 'new_space') young = size
      else old += used
    }
    const next = young < youngBytes ? 2 : 1
    if (next !== factor) setFlagsFromString(`--semi-space-growth-factor=${(factor = next)}`)
    setFlagsFromString(`--heap-growing-percent=${Math.max(leastPercent, Math.round((100 * leastGarbage) / old))}`)
  }).observe({ entryTypes: ['gc'] })
}
