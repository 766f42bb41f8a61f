import type { Peer } from '@openclaw/protocol'
import type { Operation } from './disk/files.ts'
import type { Draws } from './draws.ts'
import type { Moods } from './model.ts'
import type { Manners } from './people.ts'

/** How a life of the gateway ends: the process is killed, the machine loses its power, or it stops in order. */
export type End = 'kill' | 'power' | 'stop'

/** A time in which the disk refuses. */
export interface Trouble {
  readonly fromMs: number
  readonly uptoMs: number
  readonly code: 'ENOSPC' | 'EIO' | 'EROFS'
  readonly kinds: ReadonlySet<Operation['kind']>
}

/** Somebody says something at a moment after the beginning. `place` is an index, or `page` for the owner's own page. */
export interface Line {
  readonly atMs: number
  readonly place: number | 'page'
  readonly sender: string
  readonly peer: Peer
  /** A command; a word of its own when absent. */
  readonly text?: string
}

/** Everything that a seed decides before it begins. The rest it decides on the way. */
export interface Plan {
  readonly places: readonly Manners[]
  readonly lines: readonly Line[]
  /** Each life ends so, after so many steps. */
  readonly ends: readonly { readonly afterSteps: number; readonly how: End }[]
  readonly drops: readonly { readonly atMs: number; readonly place: number }[]
  readonly troubles: readonly Trouble[]
  readonly rough: number
  readonly moods: Moods
  readonly config: object
}

const manners: readonly Omit<Manners, 'pipelined'>[] = [
  { id: 'sure', delivery: 'effectively-once', edits: true },
  { id: 'again', delivery: 'at-least-once', edits: false },
  { id: 'once', delivery: 'at-most-once', edits: false },
]
const direct = (id: string): Peer => ({ kind: 'direct', id })
const group: Peer = { kind: 'group', id: 'group' }
/** Who says something where. The stranger is on no list. */
const voices: readonly { readonly sender: string; readonly peer: Peer }[] = [
  { sender: 'owner', peer: direct('owner') },
  { sender: 'owner', peer: direct('owner') },
  { sender: 'member', peer: direct('member') },
  { sender: 'stranger', peer: direct('stranger') },
  { sender: 'owner', peer: group },
  { sender: 'guest', peer: group },
]
const writes: readonly Operation['kind'][] = ['open', 'write', 'sync', 'rename', 'folder', 'remove']

/** Draws a plan. Times are short, so that what happens comes close together. */
export function planOf(draws: Draws): Plan {
  const places = manners.filter(() => draws.chance(0.5)).map((one) => ({ ...one, pipelined: draws.chance(0.5) }))
  if (places.length === 0) places.push({ ...draws.pick(manners), pipelined: draws.chance(0.5) })
  const rough = draws.pick([0, 0, 0.02, 0.1])
  return {
    places,
    lines: Array.from({ length: draws.between(2, 8) }, () => lineOf(draws, places.length)),
    ends: Array.from({ length: draws.between(0, 3) }, () => ({
      afterSteps: draws.pick([
        draws.between(1, 80),
        draws.between(60, 120),
        draws.between(60, 250),
        draws.between(150, 600),
      ]),
      how: draws.pick(['kill', 'power', 'power', 'stop'] as const),
    })),
    drops: Array.from({ length: draws.pick([0, 0, 1, 2]) }, () => ({
      atMs: draws.between(0, 4000),
      place: draws.between(0, places.length - 1),
    })),
    troubles: draws.chance(0.3) ? [troubleOf(draws)] : [],
    rough,
    moods: {
      tools: draws.pick([0, 0.3, 0.6]),
      slow: draws.pick([0, 0.3]),
      fails: draws.pick([0, 0.15]),
      hangs: draws.pick([0, 0, 0.05]),
    },
    config: {
      agents: {
        main: { queue: draws.pick(['collect', 'steer', 'followup', 'interrupt']), limits: { wallMs: 20_000 } },
      },
      // Nobody decides: a question runs out soon enough to see what comes of it.
      tools: { exec: draws.pick(['ask', 'never-ask']), askForMs: 60_000 },
      channels: Object.fromEntries(
        places.map(({ id }) => [
          id,
          {
            dm: { policy: 'allowlist', allow: ['member'] },
            groups: { policy: 'open', mention: true },
            accounts: { default: {} },
          },
        ]),
      ),
    },
  }
}

function lineOf(draws: Draws, places: number): Line {
  const atMs = draws.pick([draws.between(0, 300), draws.between(0, 3000)])
  if (draws.chance(0.2)) return { atMs, place: 'page', sender: 'owner', peer: direct('owner') }
  const text = draws.chance(0.06) ? { text: draws.pick(['/stop', '/help']) } : {}
  return { atMs, place: draws.between(0, places - 1), ...draws.pick(voices), ...text }
}

function troubleOf(draws: Draws): Trouble {
  const fromMs = draws.between(0, 3000)
  const uptoMs = fromMs + draws.pick([draws.between(1, 50), draws.between(500, 10_000)])
  const code = draws.pick(['ENOSPC', 'EIO', 'EROFS'] as const)
  // A disk that is full still syncs and reads; one that breaks may do nothing any more.
  const kinds =
    code === 'EIO'
      ? draws.pick<readonly Operation['kind'][]>([['sync'], ['write'], [...writes, 'read']])
      : (['open', 'write', 'folder'] as const)
  return { fromMs, uptoMs, code, kinds: new Set(kinds) }
}
