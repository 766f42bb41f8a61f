import type { Fault } from '../channel/counterpart.ts'

type Scripted = Exclude<Fault, { kind: 'delay' | 'disconnect' | 'halfClose' | 'blackhole' }>

/** Faults that wait for what they befall. */
export interface Faults {
  readonly delayMs: number
  delay(ms: number): void
  add(fault: Scripted): void
  /** What befalls a send, used up by asking. */
  takeSend(): Extract<Scripted, { kind: 'limit' | 'error' | 'loseAnswer' }> | undefined
  /** What befalls an event, used up by asking. */
  takeEvent(): Extract<Scripted, { kind: 'duplicate' | 'reorder' }> | undefined
}

export function makeFaults(): Faults {
  const waiting: Scripted[] = []
  let delayMs = 0

  function take<K extends Scripted['kind']>(...kinds: readonly K[]): Extract<Scripted, { kind: K }> | undefined {
    const at = waiting.findIndex(({ kind }) => kinds.includes(kind as K))
    if (at === -1) return undefined
    return waiting.splice(at, 1)[0] as Extract<Scripted, { kind: K }>
  }

  return {
    get delayMs() {
      return delayMs
    },
    delay: (ms) => void (delayMs = ms),
    add(fault) {
      const times = 'times' in fault && fault.kind !== 'duplicate' ? (fault.times ?? 1) : 1
      for (let time = 0; time < times; time++) waiting.push(fault)
    },
    takeSend: () => take('limit', 'error', 'loseAnswer'),
    takeEvent: () => take('duplicate', 'reorder'),
  }
}
