import { parseArgs } from 'node:util'
import { report, simulate } from '@openclaw/testing/simulator'

// pnpm soak seeds [--seeds 2000] [--from 1] [--json]: so many seeds of the simulator. --seed N: one of them, with all
// that happened.

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

function wholeNumber(name: string, value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} must be a whole number`)
  return number
}

if (values.seed !== undefined) {
  const simulated = await simulate(wholeNumber('seed', values.seed))
  console.log(report(simulated, Infinity))
  process.exitCode = simulated.broken.length > 0 ? 1 : 0
} else {
  const from = wholeNumber('from', values.from)
  const seeds = wholeNumber('seeds', values.seeds)
  const begun = performance.now()
  let failures = 0
  let firstFailure: number | null = null
  for (let seed = from; seed < from + seeds; seed++) {
    const simulated = await simulate(seed)
    if (simulated.broken.length === 0) continue
    failures++
    firstFailure ??= seed
    console.error(report(simulated))
  }
  const perSecond = Math.round((seeds / (performance.now() - begun)) * 1000)
  if (values.json) console.log(JSON.stringify({ seeds, failures, firstFailure }))
  else console.log(`${seeds} seeds from ${from} on, ${failures} broke a promise; ${perSecond} seeds a second`)
  process.exitCode = failures > 0 ? 1 : 0
}
