import type { Fault } from '../channel/counterpart.ts'

/** What is to go wrong, and how often still. */
export interface Faults {
  add(fault: Fault): void
  /** Uses one up; undefined when there is none of its kind. */
  strike<K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined
}

export function openFaults(): Faults {
  const pending: Fault[] = []
  return {
    add(fault) {
      const repeats = fault.kind === 'limit' || fault.kind === 'error' || fault.kind === 'loseAnswer'
      for (let times = repeats ? (fault.times ?? 1) : 1; times > 0; times--) pending.push(fault)
    },
    strike<K extends Fault['kind']>(kind: K) {
      const at = pending.findIndex((fault) => fault.kind === kind)
      return at === -1 ? undefined : (pending.splice(at, 1)[0] as Extract<Fault, { kind: K }>)
    },
  }
}
