import { isLine, type AnyLine, type Line, type Trust } from '@openclaw/protocol'

/** What stands in a context that those for whom the run works did not say: strangers' words, or what may hold anybody's. */
export type Foreign = 'strangers' | 'anybody'

/**
 * Reads in the journal whose words a run has in its context, so that it is known after a crash and behind a summary too.
 * `lines` are the session's live ones. What people said there is not foreign: it lowers the role of the run instead. A
 * result without a mark may hold anything: a file, what a command printed.
 */
export function foreignIn(lines: readonly AnyLine[]): Foreign | undefined {
  let found: Foreign | undefined
  for (const line of lines) {
    const foreign = foreignOf(line)
    if (foreign === 'strangers') return foreign
    found ??= foreign
  }
  return found
}

/** What a run has heard, also where its lines are still on their way to the journal. */
export interface Heard {
  /** A result came; `outside` as its tool said. */
  add(outside: boolean | undefined): void
  /** What of it, and of these durable lines, is foreign. */
  foreign(lines: readonly AnyLine[]): Foreign | undefined
}

export function openHeard(): Heard {
  let brought: Foreign | undefined
  return {
    add(outside) {
      if (outside === true) brought = 'strangers'
      else if (outside === undefined) brought ??= 'anybody'
    },
    foreign(lines) {
      if (brought === 'strangers') return brought
      return foreignIn(lines) ?? brought
    },
  }
}

/** The trust of a line that stands for others: what was foreign in them stays so. */
export function trustOf(lines: readonly AnyLine[]): Trust | undefined {
  const foreign = foreignIn(lines)
  return foreign === undefined ? 'owner' : foreign === 'strangers' ? 'outside' : undefined
}

function foreignOf(line: AnyLine): Foreign | undefined {
  if (isLine(line, 'user')) return foreignSaid(line)
  if (isLine(line, 'tool') || (isLine(line, 'checkpoint') && line.body.summary !== undefined))
    return line.trust === 'owner' ? undefined : line.trust === undefined ? 'anybody' : 'strangers'
  return undefined
}

function foreignSaid({ body, origin }: Line<'user'>): Foreign | undefined {
  // A model wrote it: a task, what became of one, or what a tool said in another session.
  if (origin?.channel === 'subagent' || origin?.sender?.startsWith('run:')) return 'anybody'
  return body.quote ? 'anybody' : undefined
}
