import type { Attachment, Failure, LedgerRecord, LineDraft, Role, RunResult } from '@openclaw/protocol'
import type { Platform } from '../platform.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { lower } from './authority.ts'
import { concealFailure } from './conceal.ts'
import { handoversOf } from './handover.ts'
import { parkedRecord } from './parked.ts'

type Accept = LedgerRecord<'accept'>
type Outbound = LedgerRecord<'outbound'>
type Handover = LedgerRecord<'handover'>

/** What a person is told when a run ends without an answer. */
export function notice(outcome: 'failed' | 'aborted' | 'interrupted', failure: Failure | undefined): string {
  if (outcome === 'aborted') return 'Stopped.'
  if (outcome === 'interrupted')
    return 'This was interrupted and not finished. Please say it again if it still matters.'
  return `I could not answer: ${failure?.message ?? 'an unknown error'}`
}

/**
 * How a run ended, and why unless it answered: it was stopped, or as the agent says, or as the call of the agent failed.
 * What it repeats of secrets is hidden, and a run at its limit is not lost: its failure says how it goes on.
 */
export function endOf(
  run: {
    readonly stopped: { readonly outcome: 'aborted' | 'interrupted'; readonly reason: string } | undefined
    readonly result: RunResult | undefined
    readonly thrown: Failure | undefined
  },
  mask: (text: string) => string,
): { readonly outcome: LedgerRecord<'settle'>['outcome']; readonly why: Failure | undefined } {
  const { stopped, result, thrown } = run
  const ended = result?.outcome === 'waiting' || thrown?.code === 'aborted' ? 'aborted' : 'failed'
  const outcome = stopped?.outcome ?? (result && result.outcome !== 'waiting' ? result.outcome : ended)
  if (outcome === 'answered') return { outcome, why: undefined }
  const said = result?.failure ?? thrown ?? { code: 'aborted', message: stopped?.reason ?? 'stopped' }
  const { message, ...why } = concealFailure(said, mask)
  const way = result?.limited ? '; the owner lets it go on with /more' : ''
  return { outcome, why: { ...why, message: message + way } }
}

/** The lines, ledger records and outbounds with which a run ends: one group, whole or absent. */
export function settlement(end: {
  run: string
  session: string
  accepts: readonly Accept[]
  outcome: LedgerRecord<'settle'>['outcome']
  failure: Failure | undefined
  lines: readonly LineDraft[]
  /** What of the answer nobody was told yet. */
  text: string
  /** All of it; the same when absent. */
  answer?: string
  /** Parts of it went out before, the first one with the mark of a reply. */
  begun?: boolean
  attachments: readonly Attachment[]
  /** The message that showed the answer while it grew. */
  preview?: string | undefined
  /** Nothing is said to anybody. */
  silent?: boolean
  /** The role that the run had; that of its messages when it had not begun. */
  role?: Role | undefined
  newId(): string
  now: number
}): {
  drafts: readonly LineDraft[]
  records: readonly LedgerRecord[]
  outbounds: readonly Outbound[]
  handovers: readonly Handover[]
} {
  const { run, outcome, failure } = end
  const why = failure ? { failure } : {}
  const drafts: LineDraft[] = [...end.lines]
  if (outcome !== 'answered') drafts.push({ kind: 'end', body: { run, outcome, ...why } })
  const last = end.accepts.at(-1)!
  const answered = outcome === 'answered'
  // A newer message took the place of an interrupted run: its answer speaks for both.
  const silent = end.silent === true || (outcome === 'interrupted' && failure?.code === 'aborted')
  const text = answered ? end.text : silent ? '' : notice(outcome, failure)
  const outbounds: Outbound[] = []
  if (last.reply && (text || (answered && end.attachments.length > 0))) {
    outbounds.push({
      type: 'outbound',
      id: end.newId(),
      session: end.session,
      run,
      address: last.reply,
      text,
      ...(answered && end.attachments.length > 0 ? { attachments: [...end.attachments] } : {}),
      ...(last.replyTo && !end.begun ? { replyTo: last.replyTo } : {}),
      ...(end.preview ? { preview: end.preview } : {}),
      ...(end.begun ? { part: last.id } : {}),
      at: end.now,
    })
  }
  const handovers = silent
    ? []
    : handoversOf({
        ...end,
        text: end.answer ?? end.text,
        failure,
        role: end.role ?? end.accepts.reduce<Role>((role, one) => lower(role, one.role), 'owner'),
      })
  const settle = { type: 'settle' as const, run, accepts: end.accepts.map(({ id }) => id), outcome, ...why }
  return { drafts, records: [settle, ...outbounds, ...handovers], outbounds, handovers }
}

/**
 * Ends accepted messages of one session that no run will answer, and resolves with what is owed to the person for it
 * once that is durable. `park`: the owner may have them said again.
 */
export async function settleUnanswered(
  parts: { readonly platform: Platform; readonly sessions: Sessions },
  end: {
    readonly run: string
    readonly accepts: readonly Accept[]
    readonly outcome: 'aborted' | 'interrupted'
    readonly reason: string
    readonly silent?: boolean
    readonly park?: boolean
  },
): Promise<{ readonly outbounds: readonly Outbound[]; readonly handovers: readonly Handover[] }> {
  const { run, accepts, outcome, reason, silent = false, park = false } = end
  const { session, agent } = accepts[0]!
  const at = parts.platform.clock.now()
  const { drafts, records, outbounds, handovers } = settlement({
    run,
    session,
    accepts,
    outcome,
    failure: { code: outcome === 'aborted' ? 'aborted' : 'unavailable', message: reason },
    lines: [],
    text: '',
    attachments: [],
    silent,
    newId: () => parts.platform.random.id(),
    now: at,
  })
  const kept = park ? [parkedRecord(run, accepts, { reason, at })] : []
  await parts.sessions.commit({ session, agent, drafts, records: () => [...records, ...kept] })
  return { outbounds, handovers }
}
