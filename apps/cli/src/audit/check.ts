import type { Seen } from './seen.ts'

/** `high`: somebody else can get in or act as things are. `medium`: one more mistake lets them. `low`: worth knowing. */
export type Severity = 'high' | 'medium' | 'low'

/** One change that makes a finding go away, and takes nobody's access but a stranger's. */
export type Change =
  | { readonly set: string; readonly value: string }
  | { readonly close: string; readonly mode: 0o600 | 0o700 }

/** One place where something is not as it should be. */
export interface Found {
  /** What is there, with its key, path or name. */
  readonly found: string
  /** What to do about it; commands of ours stand in backticks. */
  readonly remedy: string
  readonly change?: Change
}

/** One row of the table of the audit. */
export interface Check {
  /** Stable: scripts and people name it. */
  readonly id: string
  readonly severity: Severity
  /** What it finds, for the docs: one line without a full stop. */
  readonly about: string
  /** What `--fix` does about it, for the docs; absent where only a person can decide. */
  readonly fix?: string
  /** Only with `--deep`: it takes long, or reads everything. */
  readonly deep?: boolean
  look(seen: Seen): readonly Found[] | Promise<readonly Found[]>
}
