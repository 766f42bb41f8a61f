import type { Faults } from '../faults.ts'
import type { GatewayEvent } from '../model.ts'

/** What a session needs of the socket that it runs over. */
export interface Outlet {
  send(frame: object): void
}

/** What a bot was told, in order, and how far it acknowledged it. Outlives its sockets, so that it can be resumed. */
export interface Session {
  readonly id: string
  readonly intents: number
  readonly seq: number
  /** The client has everything up to here. Answers with the events that it did not acknowledge before. */
  acknowledge(seq: number): readonly GatewayEvent[]
  /** Numbers an event and sends it, as soon as a step allows. */
  tell(event: GatewayEvent): void
  /** Runs over this socket from now on; events after `since` are sent again, then `RESUMED`. */
  resume(outlet: Outlet, since: number): void
  detach(): void
  /** Resolves when all that was told so far has left. */
  flushed(): Promise<void>
}

const keptEvents = 5000

/** Begins one over a socket. */
export function beginSession(
  parts: { readonly faults: Faults; readonly step: (name: string) => Promise<void> },
  about: { readonly id: string; readonly intents: number; readonly outlet: Outlet },
): Session {
  const told: { readonly op: 0; readonly s: number; readonly t: string; readonly d: unknown }[] = []
  let outlet: Outlet | undefined = about.outlet
  let held: GatewayEvent | undefined
  let seq = 0
  let acknowledged = 0
  let last: Promise<void> = Promise.resolve()

  function later(work: () => void): void {
    last = last.then(async () => {
      await parts.step('event')
      work()
    })
  }

  function number(event: GatewayEvent, times: number): void {
    const frame = { op: 0, s: ++seq, t: event.t, d: event.d } as const
    told.push(frame)
    if (told.length > keptEvents) told.shift()
    for (let time = 0; time < times; time++) later(() => outlet?.send(frame))
  }

  return {
    id: about.id,
    intents: about.intents,
    get seq() {
      return seq
    },
    acknowledge(given) {
      const fresh = told.filter(({ s }) => s > acknowledged && s <= given)
      acknowledged = Math.max(acknowledged, given)
      return fresh
    },
    tell(event) {
      const waited = held
      held = undefined
      const fault = waited ? undefined : parts.faults.takeEvent()
      if (fault?.kind === 'reorder') {
        held = event
        return
      }
      number(event, fault?.kind === 'duplicate' ? fault.times : 1)
      if (waited) number(waited, 1)
    },
    resume(next, since) {
      outlet = next
      for (const frame of told) if (frame.s > since) later(() => outlet === next && next.send(frame))
      const resumed = { op: 0, s: ++seq, t: 'RESUMED', d: { _trace: [] } } as const
      told.push(resumed)
      later(() => outlet === next && next.send(resumed))
    },
    detach: () => void (outlet = undefined),
    flushed: () => last,
  }
}
