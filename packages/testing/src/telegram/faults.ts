import type { Fault } from '../channel/counterpart.ts'

/** Faults that wait for what they befall. */
export interface Faults {
  add(fault: Fault): void
  /** Uses up one fault of this kind; undefined when none is due. */
  take<K extends Fault['kind']>(kind: K): Extract<Fault, { kind: K }> | undefined
  readonly delayMs: number
  readonly blackhole: boolean
}

/** Keeps what was asked for until it is used up. `began` is told of each, so that it can befall what is there already. */
export function openFaults(began: (fault: Fault) => void): Faults {
  const due: { readonly fault: Fault; left: number }[] = []
  let delayMs = 0
  let blackhole = false
  return {
    add(fault) {
      if (fault.kind === 'delay') delayMs = fault.ms
      else if (fault.kind === 'blackhole') blackhole = fault.on
      else due.push({ fault, left: fault.kind === 'duplicate' || !('times' in fault) ? 1 : (fault.times ?? 1) })
      began(fault)
    },
    take<K extends Fault['kind']>(kind: K) {
      const at = due.findIndex(({ fault }) => fault.kind === kind)
      const found = due[at]
      if (!found) return undefined
      if (--found.left === 0) due.splice(at, 1)
      return found.fault as Extract<Fault, { kind: K }>
    },
    get delayMs() {
      return delayMs
    },
    get blackhole() {
      return blackhole
    },
  }
}
