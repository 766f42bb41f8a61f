import { failure, isLine, type Line, type LineDraft, type Usage } from '@openclaw/protocol'
import { trustOf } from '../runs/heard.ts'
import type { Session, Sessions } from './sessions.ts'

type Checkpoint = LineDraft<'checkpoint'>

/** A summary that shall stand for what was said before the line `keep`. */
export interface Summarised {
  readonly summary: string
  readonly keep?: string
  readonly orders: readonly string[]
  readonly made?: { readonly model: string; readonly usage: Usage }
}

/** The line from which on a summary stands for the older part of a session. Who wrote that part is not forgotten. */
export async function compaction(sessions: Sessions, session: Session, made: Summarised): Promise<Checkpoint> {
  const { summary, keep, orders, made: by } = made
  const [first] = session.lines(session.first - 1, session.first)
  const role = session.lowestRole
  const trust = trustOf(session.lines(0))
  return {
    kind: 'checkpoint',
    body: {
      reason: 'compaction',
      ...(summary ? { summary } : {}),
      // The store knows the byte offsets of live lines and writes them in.
      ...(keep === undefined ? {} : { keep: { id: keep, offset: 0 } }),
      ...(first ? { was: { id: first.id, offset: 0 } } : {}),
      settings: session.settings,
      notes: session.settings.pins ?? [],
      orders: [...orders],
      ...(by ? { made: by } : {}),
      totals: await totals(sessions, session),
    },
    ...(role ? { role } : {}),
    ...(trust ? { trust } : {}),
  }
}

/** The line after which nothing that was said before is live. */
export async function beginning(
  sessions: Sessions,
  session: Session,
  settings: 'keep' | 'forget',
): Promise<Checkpoint> {
  const { title } = session.settings
  return {
    kind: 'checkpoint',
    body: {
      ...(settings === 'keep'
        ? { reason: 'reset', settings: session.settings }
        : { reason: 'new', settings: title ? { title } : {} }),
      notes: settings === 'keep' ? (session.settings.pins ?? []) : [],
      orders: [],
      totals: await totals(sessions, session),
    },
  }
}

/**
 * The line that takes the last summary of a session back: what it stands for is live again. Throws `not_found` when the
 * context begins with no summary.
 */
export async function undoing(sessions: Sessions, session: Session): Promise<Checkpoint> {
  const checkpoints = session.lines(0).filter((line): line is Line<'checkpoint'> => isLine(line, 'checkpoint'))
  const out = new Set(checkpoints.flatMap(({ body }) => body.undoes ?? []))
  const last = checkpoints.findLast(({ id, body }) => !out.has(id) && body.undoes === undefined)
  if (last?.body.reason !== 'compaction' || !last.body.was)
    throw failure('not_found', 'there is no summary in force here that could be taken back')
  const { was, orders, notes } = last.body
  return {
    kind: 'checkpoint',
    body: {
      reason: 'undo',
      keep: was,
      undoes: [...out, last.id],
      settings: session.settings,
      notes,
      orders,
      totals: await totals(sessions, session),
    },
    ...(session.lowestRole ? { role: session.lowestRole } : {}),
  }
}

/** What stands behind a checkpoint, summed up. */
async function totals(sessions: Sessions, session: Session) {
  const known = await sessions.info(session.key)
  return { lines: session.seq, usage: known?.usage ?? { input: 0, cached: 0, output: 0 } }
}
