import type { Simulated } from './simulate.ts'

/** What a person needs of a seed that broke a promise: which, how to run it again, and what happened before. */
export function report({ seed, broken, digest, trace }: Simulated, lines = 80): string {
  return [
    `seed ${seed} breaks ${broken.length} ${broken.length === 1 ? 'promise' : 'promises'} (run ${digest}):`,
    ...broken.map((one) => `  ${one}`),
    `run it again: pnpm soak --seeds 1 --from ${seed}`,
    `what happened last, in ms since the beginning:`,
    ...trace.slice(-lines).map((line) => `  ${line}`),
  ].join('\n')
}
