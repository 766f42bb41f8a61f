import { setTimeout as pause } from 'node:timers/promises'
import type { Life } from './life.ts'
import { points, type Point } from './points.ts'

/** What does not come for so long is not waited for any more: a step may not come again, a point does. */
const longestMs = { step: 3000, point: 20_000, random: 600 }

/** When a gateway is killed: before a step on the wire, at a named point of its own work, or at any moment. */
export type Moment =
  | { readonly kind: 'step'; readonly name: string; readonly skip: number }
  | { readonly kind: 'point'; readonly name: Point }
  | { readonly kind: 'random'; readonly name: 'a random moment' }

/** Steps of the platform and the model, as they come. */
export interface Steps {
  onStep(listen: (step: string) => void | Promise<void>): Disposable
}

const anyMoment: Moment = { kind: 'random', name: 'a random moment' }

/** A step of a conversation, a named point, a step of a connection, any moment: each kind in turn, shuffled. */
export function* mixedMoments(
  steps: { readonly connecting: ReadonlySet<string>; readonly talking: ReadonlySet<string> },
  known: readonly Point[],
  random: () => number,
): Generator<Moment, never> {
  const talking = around(shuffle([...steps.talking], random))
  const connecting = around(
    shuffle(
      [...steps.connecting].filter((one) => !steps.talking.has(one)),
      random,
    ),
  )
  const named = around(shuffle(known, random))
  // A connection is made once in a life; of a conversation's steps there are many.
  const step = (name: string | undefined, most: number): Moment =>
    name === undefined ? anyMoment : { kind: 'step', name, skip: Math.floor(random() * (most + 1)) }
  for (;;) {
    yield step(talking.next().value, 1)
    yield { kind: 'point', name: named.next().value! }
    yield step(connecting.next().value, 0)
    yield anyMoment
  }
}

/** Those points in their order, again and again. */
export function* namedMoments(known: readonly Point[]): Generator<Moment, never> {
  for (;;) for (const name of known) yield { kind: 'point', name }
}

/** Kills a gateway at its moment; resolves with the name of what it died at, once it is dead. */
export async function meet(moment: Moment, life: Life, steps: Steps, random: () => number): Promise<string> {
  const alive = Promise.withResolvers<void>()
  const wanted = stepOf(moment)
  let skip = moment.kind === 'step' ? moment.skip : 0
  let killed: string | undefined
  const kill = async (why: string) => {
    killed ??= why
    await life.kill()
  }
  using _steps = steps.onStep(async (step) => {
    alive.resolve()
    if (step === wanted && killed === undefined && skip-- <= 0) await kill(moment.name)
  })
  const waitMs = longestMs[moment.kind] * (moment.kind === 'random' ? random() : 1)
  const late = alive.promise.then(() => pause(waitMs, undefined, { ref: false }))
  await Promise.race([life.dead, late])
  if (life.endedBy() === undefined) await kill(anyMoment.name)
  if (killed !== undefined) return killed
  if (wanted === undefined && moment.kind === 'point' && life.endedBy() === 'SIGKILL') return moment.name
  throw new Error(`the gateway died by itself while it was to die at ${moment.name}:\n${life.output()}`)
}

/** The step before which it is killed from outside; none where it ends itself, or at any moment. */
function stepOf(moment: Moment): string | undefined {
  if (moment.kind !== 'point') return moment.kind === 'step' ? moment.name : undefined
  const { at, mark } = points[moment.name]
  return at === 'model' ? `model ${mark}` : undefined
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ one }) => one)
}

/** From the beginning when all were had; nothing of an empty list. */
function* around<T>(list: readonly T[]): Generator<T | undefined, never> {
  for (;;) {
    if (list.length === 0) yield undefined
    yield* list
  }
}
