import type { SandboxAnswer, SandboxInfo, SandboxPlace } from '@openclaw/protocol'

/**
 * The command prefix and the root through which a session's workspace does everything. Called when a run begins, so it
 * answers fast and makes what it can when the first command comes. What goes wrong in it fails the run.
 */
export type OpenSandbox = (session: string, signal: AbortSignal, place: SandboxPlace) => Promise<SandboxAnswer>

/** A way to confine tools. `list` and `remove` are for sandboxes that outlive a command. */
export interface Sandboxing {
  /** Of several plugins the first that is usable here is taken: `first`, those that do not say, `last`. */
  readonly order?: 'first' | 'last'
  readonly open: OpenSandbox
  list?(): Promise<SandboxInfo[]>
  /**
   * Ends sandboxes; the next command makes a new one. `key`: those of this key, also busy ones. Without it, all that are
   * idle. Resolves with the names of those that are gone.
   */
  remove?(key?: string): Promise<string[]>
}
