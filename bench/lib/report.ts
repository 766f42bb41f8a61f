import { availableParallelism } from 'node:os'

/** One measured figure; `baseline` is the same measured bare, in the same run and unit. */
export interface Figure {
  readonly value: number
  readonly unit: string
  readonly baseline?: number
}

/** Prints the figures of a bench: one JSON object with `--json`, else a table. */
export function report(bench: string, measured: Readonly<Record<string, Figure>>): void {
  const machine = {
    node: process.version,
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  }
  const figures = Object.fromEntries(
    Object.entries(measured).map(([name, { value, unit, baseline }]) => [
      name,
      {
        value: round(value),
        unit,
        ...(baseline === undefined ? {} : { baseline: round(baseline), ratio: round(value / baseline) }),
      },
    ]),
  )
  if (process.argv.includes('--json')) return console.log(JSON.stringify({ bench, machine, figures }))
  console.log(`${bench}: node ${machine.node}, ${machine.cores} cores, ${machine.platform}`)
  console.table(figures)
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
