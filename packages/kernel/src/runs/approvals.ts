import { failure, toFailure, type Address, type LedgerRecord, type MethodResult } from '@openclaw/protocol'
import type { Click, Chosen, Log } from '@openclaw/sdk'
import type { Access } from '../access/access.ts'
import type { Emit } from '../events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'

export type Verdict = LedgerRecord<'resolved'>['verdict']
export type Wanted = Omit<LedgerRecord<'approval'>, 'type' | 'id' | 'at' | 'expires'>

/**
 * A person's yes to one tool call of one run, with exactly these arguments, for whom it is. Durable; running out means
 * no. Nothing waits in memory: the run ends, and goes on when something is decided.
 */
export interface Approvals {
  /** What came of a question about this very call; `open` while it waits, undefined when nobody was asked. */
  verdict(wanted: Wanted): Verdict | 'open' | undefined
  /** Resolves when the question is durable. Whoever may decide is asked on the page, and in the chat `where`. */
  ask(wanted: Wanted, how: { readonly forMs: number; readonly where: Address | undefined }): Promise<void>
  /** Decides. Throws `not_found` for what was decided before, ran out, or is of a run that is over. */
  resolve(id: string, verdict: 'allow' | 'deny', by: string): Promise<void>
  list(): MethodResult<'approvals.list'>['approvals']
  /** Calls of a run about which somebody was asked, decided or not. */
  callsOf(run: string): readonly string[]
  /** True while something of the run is not decided. */
  waits(run: string): boolean
  /** The run is settled: what was asked for it is over. */
  forget(run: string): void
  /** Is told the run of whatever is decided, once that is durable; one listener. */
  onDecided(listener: (run: string) => void): void
  /** Goes on counting down what an earlier process asked. */
  recover(): void
}

export function openApprovals(parts: {
  platform: Platform
  ledger: Ledger
  emit: Emit
  log: Log
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}): Approvals {
  const { platform, ledger, emit, log } = parts
  const { approvals: open, decided } = ledger.owed
  const timers = new Map<string, { readonly timer: Disposable; readonly run: string; readonly session: string }>()
  const closing = new Set<string>()
  let decidedOf: (run: string) => void = () => {}

  const show = ({ id, session, run, call, tool, subject, reason, at, expires }: LedgerRecord<'approval'>) => ({
    id,
    session,
    run,
    call,
    tool,
    subject,
    reason,
    createdAt: at,
    expiresAt: expires,
  })

  function stop(id: string) {
    timers.get(id)?.timer[Symbol.dispose]()
    timers.delete(id)
  }

  async function close({ id, session, run }: LedgerRecord<'approval'>, verdict: Verdict, by: string) {
    closing.add(id)
    try {
      await ledger.commit([{ type: 'resolved', approval: id, verdict, by }])
    } finally {
      closing.delete(id)
    }
    stop(id)
    emit('approval.resolved', { id, verdict }, session)
    decidedOf(run)
  }

  function countDown(approval: LedgerRecord<'approval'>, ms = approval.expires - platform.clock.now()) {
    const { id, run, session } = approval
    const expire = () => {
      if (!open.has(id) || closing.has(id)) return
      close(approval, 'expired', 'time').catch((error: unknown) => {
        log.warn(`approval ${id} ran out, and the disk does not take it yet`, { error: String(error) })
        countDown(approval, retryMs)
      })
    }
    timers.set(id, { timer: platform.clock.after(Math.max(0, ms), expire), run, session })
  }

  const isOf =
    (wanted: Wanted) =>
    (asked: LedgerRecord<'approval'>): boolean =>
      bound.every((field) => asked[field] === wanted[field])

  return {
    verdict(wanted) {
      const fits = isOf(wanted)
      if ([...open.values()].some(fits)) return 'open'
      return [...decided.values()].find(({ approval }) => fits(approval))?.resolved.verdict
    },
    async ask(wanted, { forMs, where }) {
      const at = platform.clock.now()
      const record = { type: 'approval', id: platform.random.id(), at, expires: at + forMs, ...wanted } as const
      const asked = where ? [question(record, where)] : []
      await ledger.commit([record, ...asked])
      parts.deliver(asked)
      countDown(record)
      emit('approval.requested', show(record), record.session)
    },
    async resolve(id, verdict, by) {
      const approval = open.get(id)
      if (!approval || closing.has(id)) {
        throw failure(
          'not_found',
          `approvals: nothing waits under ${id}; it was decided or ran out. See: approvals list`,
        )
      }
      await close(approval, verdict, by)
    },
    list: () => [...open.values()].map(show),
    callsOf: (run) =>
      [...open.values(), ...[...decided.values()].map(({ approval }) => approval)]
        .filter((one) => one.run === run)
        .map(({ call }) => call),
    waits: (run) => [...open.values()].some((one) => one.run === run),
    forget(run) {
      for (const [id, one] of timers) {
        if (one.run !== run) continue
        stop(id)
        emit('approval.resolved', { id, verdict: 'expired' }, one.session)
      }
    },
    onDecided(listener) {
      decidedOf = listener
    },
    recover() {
      for (const approval of open.values()) countDown(approval)
    },
  }
}

/** A yes is good for nothing that differs in one of these. */
const bound = ['session', 'principal', 'run', 'call', 'tool', 'input'] as const
/** A disk that refuses to note that time is over is asked again after this. */
const retryMs = 5000

/** What stands for an approval where people type: the end of its id, which is its random part. */
export function shortOf(id: string): string {
  return id.slice(-6)
}

function question(
  { id, session, run, subject, reason, at }: LedgerRecord<'approval'>,
  address: Address,
): LedgerRecord<'outbound'> {
  const fence = '`'.repeat(Math.max(3, ...[...subject.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
  const words = (verb: string) => `/${verb} ${shortOf(id)}`
  return {
    type: 'outbound',
    id: `${id}:question`,
    session,
    run,
    address,
    text: `May I? ${reason}:\n\n${fence}\n${subject}\n${fence}`,
    choices: [
      { id: `${id}:allow`, label: 'Allow', words: words('approve') },
      { id: `${id}:deny`, label: 'Deny', words: words('deny') },
    ],
    at,
  }
}

/** A button in a chat: only the owner's click counts, and what it says is `<approval>:allow` or `<approval>:deny`. */
export function chooseApproval(parts: { access: Pick<Access, 'role'>; approvals: Approvals }) {
  return async (channel: string, account: string, { choice, sender }: Click): Promise<Chosen> => {
    const [id, verdict] = choice.split(':')
    if (!id || (verdict !== 'allow' && verdict !== 'deny')) return { taken: false, text: 'This means nothing here.' }
    if ((await parts.access.role(channel, account, sender)) !== 'owner')
      return { taken: false, text: 'Only the owner can decide this.' }
    try {
      await parts.approvals.resolve(id, verdict, `${channel}/${sender}`)
    } catch (error) {
      const { code, message } = toFailure(error)
      // Decided elsewhere, or too late: its buttons have nothing more to say.
      if (code === 'not_found') return { taken: true, text: 'This was decided already, or ran out.' }
      return { taken: false, text: message }
    }
    return { taken: true, text: verdict === 'allow' ? 'Allowed.' : 'Denied.' }
  }
}
