import { signal } from '@preact/signals'
import type { EventEnvelope, EventName, EventPayload, MethodName } from '@openclaw/protocol'
import type { ConnectionState, Gateway } from '../src/connection/gateway.ts'
import type { JournalLine } from '../src/rooms/chat/lines.ts'

export const session = 'agent:main:local:default:owner'

/** Journal lines, one sequence after another. */
export function lines(...drafts: readonly [kind: string, body: unknown, more?: Partial<JournalLine>][]): JournalLine[] {
  return drafts.map(([kind, body, more], index) => ({
    v: 1,
    id: `l${index + 1}`,
    seq: index + 1,
    at: 1000 * index,
    kind,
    body,
    ...more,
  }))
}

const hello = {
  protocol: 1,
  version: '0',
  epoch: 'e',
  principal: 'owner',
  role: 'owner',
  rights: ['read', 'write', 'admin', 'pairing'],
  session,
  maxFrameBytes: 1_000_000,
} as const

/** The gateway's seam, played by a test: it answers with what the test puts in, and tells what the test lets happen. */
export function playGateway(answers: Partial<Record<MethodName, (params: never) => unknown>>): Gateway & {
  emit<E extends EventName>(event: E, payload: EventPayload<E>, of?: string): void
  go(state: 'open' | 'waiting'): void
  past: EventEnvelope[]
} {
  const state = signal<ConnectionState>({ at: 'open', hello: { ...hello, rights: [...hello.rights] } })
  const listeners = {
    event: new Set<(event: EventEnvelope) => void>(),
    open: new Set<() => void>(),
    lost: new Set<(session: string | undefined) => void>(),
  }
  const past: EventEnvelope[] = []
  let seq = 0
  const own = <T>(set: Set<T>, listen: T) => {
    set.add(listen)
    return () => void set.delete(listen)
  }
  return {
    state,
    past,
    call: async (method, params) => {
      if (state.peek().at !== 'open') throw Object.assign(new Error('away'), { code: 'unavailable' })
      const act = answers[method]
      if (!act) throw Object.assign(new Error(`no ${method}`), { code: 'not_found' })
      return (await act(params as never)) as never
    },
    onEvent: (listen) => own(listeners.event, listen),
    onOpen(listen) {
      if (state.peek().at === 'open') queueMicrotask(listen)
      return own(listeners.open, listen)
    },
    onLost: (listen) => own(listeners.lost, listen),
    replay: async () => past,
    retry() {},
    signIn() {},
    signOut() {},
    emit(event, payload, of = session) {
      const envelope = { event, epoch: 'e', seq: ++seq, session: of, payload }
      for (const listen of listeners.event) listen(envelope)
    },
    go(to) {
      state.value =
        to === 'open'
          ? { at: 'open', hello: { ...hello, rights: [...hello.rights] } }
          : { at: 'waiting', retryAtMs: 0, reason: '' }
      if (to === 'open') for (const listen of listeners.open) listen()
    },
    [Symbol.dispose]() {},
  }
}

/** Waits until something holds, one turn of the event loop at a time. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns += 1) {
    if (turns > 2000) throw new Error(`it never came true: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve))
  }
}
