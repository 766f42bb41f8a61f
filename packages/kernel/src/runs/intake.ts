import type { Address, Attachment, LedgerRecord, LineDraft, Role } from '@openclaw/protocol'
import type { Ledger } from '../ledger/ledger.ts'
import { openOnce } from '../ledger/once.ts'
import type { Platform } from '../platform.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { personOf } from '../sessions/spending.ts'

/** A message that shall become part of a run. */
export interface Asked {
  readonly session: string
  readonly agent: string
  readonly draft: LineDraft<'user'>
  /** Names the event for ever: the same key has one effect. */
  readonly dedupe: string
  readonly role: Role
  /** Where the answer goes; fixed here. Absent when whoever asked reads the session itself. */
  readonly reply?: Address
  readonly replyTo?: string
  /** The platform's id of the message, by which edits name it. */
  readonly message?: string
  /** Parts of one album share a group. */
  readonly group?: string
  /** Files by the platform's handles. */
  readonly attachments?: readonly Attachment[]
  readonly ask?: LedgerRecord<'accept'>['ask']
  /** It is a sub-agent's task. */
  readonly child?: LedgerRecord<'accept'>['child']
}

/** What came of it. `repeated`: the key had been accepted before, and this is that acceptance. */
export interface Accepted {
  readonly id: string
  readonly session: string
  readonly line: string
  readonly repeated: boolean
}

/**
 * Makes the function that accepts messages. It resolves when the message is durable, and only then may a platform or
 * a client be told so; it rejects with `unavailable` when the disk refuses, and nothing was accepted.
 */
export function openIntake(parts: {
  platform: Platform
  ledger: Ledger
  sessions: Sessions
  accepted(record: LedgerRecord<'accept'>): void
}): (asked: Asked) => Promise<Accepted> {
  const once = openOnce()

  function commit(asked: Asked): Promise<Accepted> {
    const id = parts.platform.random.id()
    let record: LedgerRecord<'accept'> | undefined
    const committed = parts.sessions.commit({
      session: asked.session,
      agent: asked.agent,
      drafts: [asked.draft],
      records: (lines) => {
        record = {
          type: 'accept',
          id,
          dedupe: asked.dedupe,
          session: asked.session,
          agent: asked.agent,
          line: lines.at(-1)!.id,
          role: asked.role,
          ...(asked.draft.role === 'owner'
            ? {}
            : { sender: asked.draft.origin ? personOf(asked.draft.origin) : 'unknown' }),
          ...(asked.reply ? { reply: asked.reply } : {}),
          ...(asked.replyTo ? { replyTo: asked.replyTo } : {}),
          ...(asked.message ? { message: asked.message } : {}),
          ...(asked.group ? { group: asked.group } : {}),
          ...(asked.attachments?.length ? { attachments: [...asked.attachments] } : {}),
          ...(asked.ask ? { ask: asked.ask } : {}),
          ...(asked.child ? { child: asked.child } : {}),
        }
        return [record]
      },
    })
    return committed.then(() => {
      parts.accepted(record!)
      return { id, session: asked.session, line: record!.line, repeated: false }
    })
  }

  return (asked) => {
    const known = parts.ledger.seen(asked.dedupe)
    if (known?.accept !== undefined) {
      const { accept: id, session = asked.session, line = '' } = known
      return Promise.resolve({ id, session, line, repeated: true })
    }
    let mine = false
    const accepted = once(asked.dedupe, () => {
      mine = true
      return commit(asked)
    })
    return mine ? accepted : accepted.then((first) => ({ ...first, repeated: true }))
  }
}
