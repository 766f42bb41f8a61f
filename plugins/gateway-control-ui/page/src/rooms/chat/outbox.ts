import { type ReadonlySignal, signal } from '@preact/signals'
import type { Failure, Thinking } from '@openclaw/protocol'
import type { Gateway } from '../../connection/gateway.ts'
import { makeId } from '../../parts/id.ts'
import { sayBytes } from '../../parts/words.ts'
import { bodyOf, type JournalLine } from './lines.ts'
import type { Shelf } from './shelf.ts'

/** A file that goes with a message. */
export interface FileToSend {
  readonly name: string
  readonly mime: string
  readonly sizeBytes: number
  /** Base64. */
  readonly data: string
}

/** A message that is on its way. It keeps its idempotency key until the gateway says that it is durable. */
export interface Pending {
  readonly idempotencyKey: string
  readonly session: string
  readonly message: string
  readonly attachments: readonly FileToSend[]
  readonly model?: string
  readonly thinking?: Thinking
  readonly atMs: number
  /** Last line of the session when it was written. */
  readonly afterSeq: number
  readonly state: 'sending' | 'waiting' | 'failed' | 'durable'
  readonly failure?: Failure
  /** The journal line that holds it. */
  readonly line?: string
}

/** Messages from the moment they are written until their line is shown. */
export interface Outbox extends Disposable {
  readonly pending: ReadonlySignal<readonly Pending[]>
  send(message: Pick<Pending, 'session' | 'message' | 'attachments' | 'model' | 'thinking' | 'afterSeq'>): void
  /** Sends one that failed again, under the same key. */
  retry(idempotencyKey: string): void
  discard(idempotencyKey: string): void
  /** Forgets those whose lines are there. */
  settle(session: string, lines: readonly JournalLine[]): void
}

/** Failures after which the same message may get through later without anybody's doing. */
const passing = new Set(['unavailable', 'aborted', 'rate_limited'])

/**
 * Sends messages in the order in which they were written, one at a time for each session, and sends one again under
 * the same key after the connection broke, also when the page was loaded anew in between: `shelf` keeps them.
 */
export function openOutbox(gateway: Gateway, shelf: Shelf<Pending>): Outbox {
  const pending = signal<readonly Pending[]>([])
  const busy = new Set<string>()
  const timers = new Set<ReturnType<typeof setTimeout>>()

  function change(key: string, to: Partial<Pending>): void {
    pending.value = pending.peek().map((one) => (one.idempotencyKey === key ? { ...one, ...to } : one))
  }
  function drop(key: string): void {
    pending.value = pending.peek().filter((one) => one.idempotencyKey !== key)
    void shelf.remove(key)
  }

  async function work(session: string): Promise<void> {
    if (busy.has(session)) return
    busy.add(session)
    try {
      for (let next = first(session); next && gateway.state.peek().at === 'open'; next = first(session))
        if (!(await attempt(next))) return
    } finally {
      busy.delete(session)
    }
  }

  /** The oldest that is not durable; one that failed holds back those behind it. */
  function first(session: string): Pending | undefined {
    const next = pending.peek().find((one) => one.session === session && one.state !== 'durable')
    return next?.state === 'failed' ? undefined : next
  }

  async function attempt({
    idempotencyKey,
    session,
    message,
    attachments,
    model,
    thinking,
  }: Pending): Promise<boolean> {
    const state = gateway.state.peek()
    // A frame that is too large ends the connection; trying again would end it again, for ever.
    if (state.at === 'open' && sizeOf(message, attachments) > state.hello.maxFrameBytes) {
      change(idempotencyKey, {
        state: 'failed',
        failure: {
          code: 'invalid_params',
          message: `it is larger than the ${sayBytes(state.hello.maxFrameBytes)} that the gateway takes at once; send it in several messages`,
        },
      })
      return false
    }
    change(idempotencyKey, { state: 'sending' })
    try {
      const files = attachments.map(({ name, mime, data }) => ({ name, mime, data }))
      const { line } = await gateway.call('chat.send', {
        session,
        message,
        idempotencyKey,
        ...(files.length ? { attachments: files } : {}),
        ...(model ? { model } : {}),
        ...(thinking ? { thinking } : {}),
      })
      change(idempotencyKey, { state: 'durable', line })
      void shelf.remove(idempotencyKey)
      return true
    } catch (thrown) {
      const failure = thrown as Failure
      change(idempotencyKey, passing.has(failure.code) ? { state: 'waiting' } : { state: 'failed', failure })
      if (gateway.state.peek().at === 'open' && passing.has(failure.code)) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void work(session)
        }, failure.retryAfterMs ?? 2000)
        timers.add(timer)
      }
      return false
    }
  }

  const workAll = () => {
    for (const session of new Set(pending.peek().map((one) => one.session))) void work(session)
  }
  const stop = gateway.onOpen(workAll)
  void shelf.all().then((kept) => {
    const known = new Set(pending.peek().map((one) => one.idempotencyKey))
    const old = kept.filter((one) => !known.has(one.idempotencyKey)).toSorted((a, b) => a.atMs - b.atMs)
    pending.value = [...old.map((one): Pending => ({ ...one, state: 'waiting' })), ...pending.peek()]
    workAll()
  })

  return {
    pending,
    send(message) {
      const one: Pending = { ...message, idempotencyKey: makeId(), atMs: Date.now(), state: 'waiting' }
      pending.value = [...pending.peek(), one]
      // Shelved first: a message that was sent and not shelved could be lost with the page.
      void shelf.put(one.idempotencyKey, one).then(() => work(one.session))
    },
    retry(key) {
      const one = pending.peek().find((other) => other.idempotencyKey === key)
      if (!one) return
      change(key, { state: 'waiting' })
      void work(one.session)
    },
    discard(key) {
      const one = pending.peek().find((other) => other.idempotencyKey === key)
      drop(key)
      if (one) void work(one.session)
    },
    settle(session, lines) {
      const ids = new Set(lines.map((line) => line.id))
      for (const one of pending.peek())
        if (one.session === session && one.line !== undefined && ids.has(one.line)) drop(one.idempotencyKey)
    },
    [Symbol.dispose]() {
      stop()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Bytes of the frame that carries a message, with some to spare for what is around it. */
function sizeOf(message: string, attachments: readonly FileToSend[]): number {
  const words = new TextEncoder().encode(JSON.stringify(message)).length
  return attachments.reduce(
    (sum, file) => sum + file.data.length + 4 * (file.name.length + file.mime.length) + 64,
    words + 4096,
  )
}

/**
 * Those whose line is not shown yet. A line may arrive before the answer that names it: then the text tells, each line
 * standing for one message.
 */
export function unseen(
  pending: readonly Pending[],
  session: string,
  lines: readonly JournalLine[],
): readonly Pending[] {
  const own = pending.filter((one) => one.session === session)
  if (own.length === 0) return own
  const ids = new Set(lines.map((line) => line.id))
  const claimed = new Set(own.flatMap((one) => (one.line ? [one.line] : [])))
  return own.filter((one) => {
    if (one.line) return !ids.has(one.line)
    if (one.state !== 'sending') return true
    const line = lines.find(
      (other) => other.seq > one.afterSeq && !claimed.has(other.id) && bodyOf(other, 'user')?.text === one.message,
    )
    if (line) claimed.add(line.id)
    return !line
  })
}
