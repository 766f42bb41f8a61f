import { failure, type LedgerRecord, type LineDraft, type MethodResult } from '@openclaw/protocol'
import type { Emit } from '../events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Budget } from '../runs/budget.ts'
import type { Lanes } from '../runs/lanes.ts'
import type { AgentLink } from '../runs/parts.ts'
import { stopTree } from '../runs/tree.ts'
import { beginning, compaction, undoing } from '../sessions/checkpoint.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import { lastPerson } from '../sessions/spending.ts'
import { checkSession, maySee, type Handlers } from './caller.ts'

type Names =
  | 'sessions.list'
  | 'sessions.get'
  | 'sessions.patch'
  | 'sessions.reset'
  | 'sessions.compact'
  | 'sessions.delete'
  | 'sessions.erase'
  | 'sessions.verify'

/** What can be done with a session as a whole. */
export function sessionMethods(parts: {
  sessions: Sessions
  lanes: Lanes
  ledger: Ledger
  agent: AgentLink
  budget: Pick<Budget, 'check' | 'add'>
  emit: Emit
  models(session: Session): string[]
  /** The one that answers without a model: it cannot summarise. */
  defaultModel: string
  cancel(accepts: readonly LedgerRecord<'accept'>[], reason: string, how?: { readonly silent?: boolean }): Promise<void>
}): Handlers<Names> {
  const { sessions, lanes, emit } = parts

  async function info(key: string): Promise<MethodResult<'sessions.get'>> {
    const found = await sessions.info(key)
    if (!found)
      throw failure(
        'not_found',
        `there is no session ${JSON.stringify(key.slice(0, 200))}; see \`openclaw sessions list\``,
      )
    return { ...found, running: lanes.running(key) !== undefined }
  }

  /** Writes where the live context of a session begins from now on, and lets the agent begin there too. */
  async function begin({ key, agent }: Session, draft: LineDraft<'checkpoint'>) {
    await sessions.commit({ session: key, agent, drafts: [draft] })
    if (draft.body.undoes) await sessions.reload(key)
    await parts.agent.call('session.forget', { session: key }).catch(() => {})
    emit('sessions.changed', { key, deleted: false }, key)
  }

  return {
    async 'sessions.list'({ limit = 50, offset = 0, ...query }, caller) {
      const page = await sessions.list({ ...query, limit, offset })
      const visible = page.sessions.filter(({ key }) => maySee(caller, key))
      return {
        sessions: visible.map((one) => ({ ...one, running: lanes.running(one.key) !== undefined })),
        total: caller.role === 'owner' ? page.total : visible.length,
      }
    },
    'sessions.get'({ session }, caller) {
      checkSession(caller, session)
      return info(session)
    },
    async 'sessions.patch'({ session, ...changes }, caller) {
      checkSession(caller, session)
      const { agent } = await sessions.open(session)
      await sessions.commit({ session, agent, drafts: [{ kind: 'settings', body: changes, role: caller.role }] })
      emit('sessions.changed', { key: session, deleted: false }, session)
      return info(session)
    },
    async 'sessions.reset'({ session, settings = 'keep' }, caller) {
      checkSession(caller, session)
      await stopTree(parts, session, 'the session was reset')
      const open = await sessions.open(session)
      if (open.seq === 0) return info(session)
      await begin(open, await beginning(sessions, open, settings))
      return info(session)
    },
    async 'sessions.compact'({ session, instructions, undo }, caller) {
      checkSession(caller, session)
      if (lanes.running(session))
        throw failure('conflict', 'sessions.compact: the session is at work; try again when it has answered')
      const open = await sessions.open(session)
      if (undo) {
        await begin(open, await undoing(sessions, open))
        return { compacted: false, reason: 'the last summary was taken back' }
      }
      const models = parts.models(open)
      if (models[0] === parts.defaultModel) {
        return {
          compacted: false,
          reason: 'no model is configured that could summarise; choose one with `openclaw models set`',
        }
      }
      const person = lastPerson(open.lines(0))
      parts.budget.check(person)
      const result = await parts.agent.call(
        'session.compact',
        { session, seq: open.seq, models, ...(instructions ? { instructions } : {}) },
        caller.signal,
      )
      if (!result.compacted) return { compacted: false, reason: result.reason ?? 'there is nothing to compact' }
      const { summary = '', orders = [], made } = result
      if (made) parts.budget.add(made.usage, person)
      await begin(open, await compaction(sessions, open, { ...result, summary, orders }))
      return { compacted: true, ...(summary ? { summary } : {}) }
    },
    async 'sessions.delete'({ session }, caller) {
      checkSession(caller, session)
      await info(session)
      await stopTree(parts, session, 'the session was deleted')
      await sessions.delete(session)
      await parts.agent.call('session.forget', { session }).catch(() => {})
      emit('sessions.changed', { key: session, deleted: true }, session)
      return { ok: true }
    },
    async 'sessions.erase'({ session, lines }, caller) {
      checkSession(caller, session)
      await stopTree(parts, session, 'the session was erased')
      const erased = await sessions.erase(session, lines)
      await parts.agent.call('session.forget', { session }).catch(() => {})
      emit('sessions.changed', { key: session, deleted: false }, session)
      return { erased }
    },
    async 'sessions.verify'({ session }, caller) {
      if (session !== undefined) checkSession(caller, session)
      else if (caller.role !== 'owner')
        throw failure('forbidden', 'sessions.verify: name one of your sessions; only the owner may check all')
      return sessions.verify(session)
    },
  }
}
