import { report, simulate, type Operation, type Plan } from '@openclaw/testing/simulator'
import { expect } from 'vitest'

/** A disk that fails stays so for so long where it fails for ever: people need some time to mend it. */
const mendedAtMs = 10_000

/** What can be refused: all but looks at names. */
const refusable: ReadonlySet<Operation['kind']> = new Set(['open', 'read', 'write', 'sync', 'rename', 'folder'])
/** The plan of which everything else is taken. */
const seed = 1

/** A few messages to one place that looks things up, and to the page; nothing else goes wrong. */
function calm(plan: Plan, ends: Plan['ends']): Plan {
  const owner = { sender: 'owner', peer: { kind: 'direct', id: 'owner' } } as const
  const member = { sender: 'member', peer: { kind: 'direct', id: 'member' } } as const
  return {
    ...plan,
    places: [{ id: 'sure', delivery: 'effectively-once', edits: false, pipelined: false }],
    lines: [0, 1, 2, 3, 4, 5, 6].flatMap((round) => [
      { atMs: 150 + 250 * round, place: 0, ...owner },
      { atMs: 200 + 250 * round, place: 'page' as const, ...owner },
      { atMs: 250 + 250 * round, place: 0, ...member },
    ]),
    ends,
    drops: [],
    // Only says how long it lasts; what is refused is counted.
    troubles: [{ fromMs: mendedAtMs, uptoMs: mendedAtMs, code: 'EIO', kinds: new Set() }],
    rough: 0,
    moods: { tools: 0.5, slow: 0, fails: 0, hangs: 0 },
    config: {
      ...plan.config,
      channels: { sure: { dm: { policy: 'allowlist', allow: ['member'] }, accounts: { default: {} } } },
    },
  }
}

/** How a fault is tried: in which life the operations are counted, and how the lives before it end. */
export interface Trial {
  readonly inLife: number
  readonly ends: Plan['ends']
  readonly forEver: boolean
}

/**
 * Runs the same messages once for each k from 1 on, in which the disk refuses the k-th operation, once
 * or from then on until it is mended. Nothing may be lost or told wrong, and while commits are refused the gateway says
 * that it is not ready. Resolves with how many operations there were to refuse.
 */
export async function refuseEach({ inLife, ends, forEver }: Trial, upto: number): Promise<number> {
  let refusedRuns = 0
  for (let k = 1; k <= upto; k++) {
    const code = k % 2 === 0 ? 'ENOSPC' : 'EIO'
    let count = 0
    let refused = 0
    let toldOf = 0
    const simulated = await simulate(seed, {
      change: (plan) => calm(plan, ends),
      refuse({ kind, size = 0 }, { life, sinceMs }) {
        if (life < inLife || !refusable.has(kind) || sinceMs >= mendedAtMs) return undefined
        count++
        if (forEver ? count < k : count !== k) return undefined
        refused++
        return { code, bytes: Math.floor(size / 2) }
      },
      async look(kernel) {
        const { ready, reason } = await kernel.call('health', {})
        if (ready) return
        toldOf++
        expect(reason).toContain(code)
      },
    })
    expect(simulated.broken, `operation ${k}: ${report(simulated)}`).toEqual([])
    if (refused === 0) return k - 1
    if (toldOf > 0) refusedRuns++
  }
  // Where the disk fails for good, somebody who looks is told.
  if (forEver) expect(refusedRuns).toBeGreaterThan(0)
  return upto
}

/**
 * Syncs fail now and then, and lives end soon after: what a failed sync was to write can still be read, and is lost with
 * the power (`seed` spreads the moments).
 */
export function failSyncs(plan: Plan, seed: number): Plan {
  return {
    ...plan,
    troubles: Array.from({ length: 8 }, (_, count) => {
      const fromMs = 350 * count + ((seed * 37) % 300)
      return { fromMs, uptoMs: fromMs + 5 + ((seed * 13) % 60), code: 'EIO', kinds: new Set(['sync']) }
    }),
    ends: [
      { afterSteps: 60 + ((seed * 53) % 300), how: (['kill', 'stop', 'kill', 'power'] as const)[seed % 4]! },
      { afterSteps: 40 + ((seed * 31) % 200), how: (['stop', 'power', 'kill'] as const)[seed % 3]! },
      { afterSteps: 40 + ((seed * 17) % 300), how: 'power' },
    ],
  }
}
