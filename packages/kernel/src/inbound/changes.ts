import type { LedgerRecord, LineDraft } from '@openclaw/protocol'
import type { Lanes } from '../runs/lanes.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Admitted } from './inbound.ts'

/**
 * Edits, deletions and reactions: each is a line of its own that points at its message. A change of a message that no
 * run took yet replaces it, one of a message in work is told to the run, and a later one stands in the journal.
 */
export interface Changes {
  take(admitted: Admitted): Promise<void>
}

export function openChanges(parts: {
  sessions: Sessions
  lanes(): Lanes
  /** Ends accepts that no run will answer, without a word to anybody. */
  forget(accepts: readonly LedgerRecord<'accept'>[], reason: string): Promise<void>
}): Changes {
  return {
    async take({ channel, account, event, dedupe, role, session: key, agent }) {
      const session = await parts.sessions.open(key)
      if (session.seq === 0) return
      const { message, sender, peer } = event
      const deleted = event.kind === 'delete'
      const change: LineDraft =
        event.kind === 'reaction'
          ? { kind: 'reaction', body: { message, emoji: event.text, sender } }
          : { kind: 'revision', body: { message, text: deleted ? '' : event.text } }
      const lines = await parts.sessions.commit({
        session: key,
        agent,
        drafts: [{ ...change, origin: { channel, account, peer, sender: sender.id, message }, role }],
        records: () => [{ type: 'done', dedupe, result: null }],
      })
      if (event.kind === 'reaction') return
      const withdrawn = deleted ? parts.lanes().withdraw(key, message) : undefined
      if (withdrawn) return parts.forget([withdrawn], 'its sender deleted it before it was read')
      // Who is at work on it hears of it; a run that is just ending leaves it to the journal.
      void parts.lanes().running(key)?.tell(lines.at(-1)!.id)
    },
  }
}
