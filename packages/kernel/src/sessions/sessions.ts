import type {
  AnyLine,
  Line,
  LineDraft,
  LedgerRecord,
  MethodParams,
  MethodResult,
  Origin,
  Settings,
} from '@openclaw/protocol'
import type { Held } from '../ledger/ledger.ts'

/** A session in memory: its head state and its live lines. */
export interface Session {
  readonly key: string
  readonly agent: string
  /** Sequence of the last durable line; 0 for a session without a journal. */
  readonly seq: number
  /** Sequence of the first live line: the last checkpoint's first kept one, or 1. */
  readonly first: number
  readonly settings: Settings
  /** Where its first message came from. */
  readonly origin: Origin | undefined
  readonly title: string
  /** Lowest trust among the authors of its live lines. */
  readonly lowestRole: 'owner' | 'member' | 'guest' | undefined
  /** Live lines with a sequence above `after`, as far as `upto`. Parsed anew at each call: ask for what is new. */
  lines(after: number, upto?: number): readonly AnyLine[]
  /** JSON text of the same lines, for sending on without parsing. */
  texts(after: number, upto?: number): readonly string[]
}

/** Lines of one commit, and the ledger records that go with them. */
export interface Commit {
  readonly session: string
  readonly agent: string
  readonly drafts: readonly LineDraft[]
  /** Records of the same group; they may name the ids of the stamped lines. */
  readonly records?: (lines: readonly Line[]) => readonly LedgerRecord[]
}

/** The session store: one writer, through which every journal line goes. */
export interface Sessions extends AsyncDisposable {
  /** From the cache, else loaded from the last checkpoint on. A key without a journal gives an empty session. */
  open(key: string): Promise<Session>
  /**
   * Stamps drafts (version, id, sequence, time, parent, checksum), commits them to the ledger with the records, and
   * resolves with the lines when they are durable. The first commit of a session puts its `session` line before.
   * The journal file follows by itself. Commits of one session keep the order of the calls.
   */
  commit(commit: Commit): Promise<readonly Line[]>
  /** Called for each line once it is durable, in order. */
  onLine(listen: (session: string, line: Line, text: string) => void): Disposable
  list(query: {
    agent?: string
    channel?: string
    search?: string
    limit: number
    offset: number
  }): Promise<MethodResult<'sessions.list'>>
  info(key: string): Promise<MethodResult<'sessions.get'> | undefined>
  /** What runs used, from the journals. */
  usage(query: MethodParams<'usage.get'>): Promise<Pick<MethodResult<'usage.get'>, 'rows' | 'total'>>
  /** Any lines of the file, live or not. */
  history(
    key: string,
    query: { before?: number; after?: number; limit: number },
  ): Promise<{ lines: readonly AnyLine[]; more: boolean }>
  /** Reads a session again from its file: lines before its live ones became live. */
  reload(key: string): Promise<void>
  verify(key?: string): Promise<MethodResult<'sessions.verify'>>
  erase(key: string, lines?: readonly string[]): Promise<number>
  delete(key: string): Promise<void>
  /**
   * The files of all journals and of the ledger, so far as they are to be copied for a home that goes on from this
   * moment. Until it is disposed no session is erased or deleted: that waits.
   */
  hold(): Promise<Held>
  /** Appends what the ledger (its `lines()`) has above each journal's last sequence; called once at boot, before all else. */
  recover(records: AsyncIterable<LedgerRecord<'line'>>): Promise<void>
  /** Everything committed is in its journal file; rejects with `unavailable` when the disk refuses it. */
  flush(): Promise<void>
}
