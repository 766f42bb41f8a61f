import { randomUUID } from 'node:crypto'
import { toFailure, type EventName, type EventPayload, type MethodParams, type MethodResult } from '@openclaw/protocol'
import type { Gateway } from './gateway.ts'

/** What a run shows while it goes on. */
export type Sign = {
  [E in 'agent.text' | 'agent.thinking' | 'agent.tool.start' | 'agent.tool.result']: {
    readonly event: E
    readonly payload: EventPayload<E>
  }
}['agent.text' | 'agent.thinking' | 'agent.tool.start' | 'agent.tool.result']
/** How a run ended. */
export type Outcome = MethodResult<'agent.wait'>
/** A tool call that waits for a yes. */
export type Waiting = EventPayload<'approval.requested'>

/** What is said, and what is called meanwhile. */
export interface Talk {
  readonly message: string
  /** The session; absent for the one that this principal talks in. */
  readonly session?: string
  /** Another agent than the default one, in a session of its own. */
  readonly agent?: string
  readonly model?: string
  readonly thinking?: MethodParams<'chat.send'>['thinking']
  /** Called for each sign of the run that answers, in order. */
  readonly onSign: (sign: Sign) => void
  /** Called when a tool call of the session waits for a yes. */
  readonly onApproval: (waiting: Waiting) => void
  /** Stops the run. */
  readonly signal?: AbortSignal
}

const waitMs = 60_000
const signs = ['agent.text', 'agent.thinking', 'agent.tool.start', 'agent.tool.result'] as const

/**
 * Says something in a session and resolves with the outcome of the run that answers it. The message is durable, and is
 * answered even if we go away. An abort of the signal stops the run; the outcome is `aborted` then.
 */
export async function talk(gateway: Gateway, talk: Talk): Promise<Outcome> {
  const { message, session, agent, model, thinking, signal } = talk
  using events = watch(gateway, talk)
  const more = {
    message,
    idempotencyKey: randomUUID(),
    ...(session ? { session } : {}),
    ...(model ? { model } : {}),
    ...(thinking ? { thinking } : {}),
  }
  const started =
    agent && !session ? await gateway.call('agent', { ...more, agent }) : await gateway.call('chat.send', more)
  events.follow(started)
  const stop = () => void gateway.call('chat.abort', { session: started.session }).catch(() => {})
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      const outcome = await gateway.call(
        'agent.wait',
        { run: started.run, timeoutMs: waitMs },
        { timeoutMs: waitMs * 2 },
      )
      if (outcome.status !== 'pending') return outcome
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** Hands on the events of the run that takes our line. What comes before we know the line waits for it. */
function watch(gateway: Gateway, { onSign, onApproval }: Talk) {
  const stack = new DisposableStack()
  let started: { session: string; line: string } | undefined
  let run: string | undefined
  let early: (() => void)[] = []
  const listen = <E extends EventName>(event: E, hear: (payload: EventPayload<E>) => void) => {
    const on = (payload: EventPayload<E>, envelope: { readonly session?: string }) => {
      if (!started) early.push(() => on(payload, envelope))
      else if (envelope.session === started.session) hear(payload)
    }
    stack.use(gateway.on(event, on))
  }
  listen('agent.start', (payload) => {
    if (started && payload.takes.includes(started.line)) run = payload.run
  })
  for (const event of signs) {
    listen(event, (payload) => {
      if (payload.run === run) onSign({ event, payload } as Sign)
    })
  }
  listen('approval.requested', onApproval)
  return {
    follow(known: { session: string; line: string }) {
      started = known
      const waiting = early
      early = []
      for (const tell of waiting) tell()
    },
    [Symbol.dispose]: () => stack.dispose(),
  }
}

/** Why a run did not answer, for people. */
export function whyNot({ status, failure }: Outcome): string {
  if (status === 'aborted') return 'Stopped.'
  return failure
    ? toFailure(failure).message
    : status === 'interrupted'
      ? 'The run was interrupted.'
      : 'The run failed.'
}
