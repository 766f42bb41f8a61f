import { failure, toFailure, type Address, type LedgerRecord, type MethodResult } from '@openclaw/protocol'
import type { Click, Chosen } from '@openclaw/sdk'
import type { Access } from '../access/access.ts'
import type { Emit } from '../events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'

export type Verdict = LedgerRecord<'resolved'>['verdict']
type Wanted = Omit<LedgerRecord<'approval'>, 'type' | 'id' | 'at' | 'expires'>

/** A person's yes to one tool call, with exactly these arguments, once. Durable; running out means no. */
export interface Approvals {
  /**
   * Resolves when decided, or as `expired` after `forMs` or when the signal aborts. Whoever may decide is asked on the
   * page, and in the chat `where`.
   */
  ask(
    wanted: Wanted,
    how: { readonly forMs: number; readonly where: Address | undefined },
    signal: AbortSignal,
  ): Promise<Verdict>
  resolve(id: string, verdict: 'allow' | 'deny', by: string): Promise<void>
  list(): MethodResult<'approvals.list'>['approvals']
  /** Closes what an earlier process left open: its run is gone and will ask anew. */
  recover(): Promise<void>
}

export function openApprovals(parts: {
  platform: Platform
  ledger: Ledger
  emit: Emit
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
}): Approvals {
  const { platform, ledger, emit } = parts
  const waiting = new Map<string, (verdict: Verdict) => void>()

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

  async function close(id: string, session: string, verdict: Verdict, by: string) {
    await ledger.commit([{ type: 'resolved', approval: id, verdict, by }])
    emit('approval.resolved', { id, verdict }, session)
    waiting.get(id)?.(verdict)
    waiting.delete(id)
  }

  return {
    async ask(wanted, { forMs, where }, signal) {
      const at = platform.clock.now()
      const record = { type: 'approval', id: platform.random.id(), at, expires: at + forMs, ...wanted } as const
      const { promise, resolve } = Promise.withResolvers<Verdict>()
      waiting.set(record.id, resolve)
      try {
        const asked = where ? [question(record, where)] : []
        await ledger.commit([record, ...asked])
        parts.deliver(asked)
      } catch (error) {
        waiting.delete(record.id)
        throw error
      }
      emit('approval.requested', show(record), record.session)
      const expire = () => {
        if (!waiting.delete(record.id)) return
        resolve('expired')
        // The verdict stands already; a disk that refuses only leaves the record to the next boot.
        close(record.id, record.session, 'expired', 'time').catch(() => {})
      }
      using _timer = platform.clock.after(forMs, expire)
      if (signal.aborted) expire()
      signal.addEventListener('abort', expire, { once: true })
      try {
        return await promise
      } finally {
        signal.removeEventListener('abort', expire)
      }
    },
    async resolve(id, verdict, by) {
      const open = ledger.owed.approvals.get(id)
      if (!open || !waiting.has(id)) {
        throw failure(
          'not_found',
          `approvals: nothing waits under ${id}; it was decided or ran out. See: approvals list`,
        )
      }
      await close(id, open.session, verdict, by)
    },
    list: () => [...ledger.owed.approvals.values()].filter(({ id }) => waiting.has(id)).map(show),
    async recover() {
      const left = [...ledger.owed.approvals.keys()]
      if (left.length === 0) return
      await ledger.commit(left.map((approval) => ({ type: 'resolved', approval, verdict: 'expired', by: 'restart' })))
    },
  }
}

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
