import type { Config, Problem } from '@openclaw/protocol'

/** The configuration as it stands, with what is wrong in it. */
export interface Configuration extends AsyncDisposable {
  /** The usable part: sections with problems are absent, or closed where they restrict. */
  readonly value: Config
  readonly problems: readonly Problem[]
  /** The file as it stands, secrets included: for reading single places, never for showing. */
  readonly document: Readonly<Record<string, unknown>>
  /**
   * Dotted paths of restricting parts that are wrong: whatever they guard must stay off. Those for which the schema has
   * a closed value (a channel's `dm`, `tools`, `limits`, …) are closed in `value` already; for `gateway.auth` and
   * `gateway.tls` the gateway must ask here.
   */
  readonly closed: ReadonlySet<string>
  /** Digest of the file's bytes; of nothing when there is no file. */
  readonly hash: string
  readonly file: string
  /**
   * Changes one key, byte for byte elsewhere; without a value the key is removed, without a file one is made.
   * `conflict` when `hash` is given and the file is another; `invalid_config` with the problems when the change would
   * make new ones; `forbidden` for an `env:` or `file:` reference unless `by` says that a person at this machine wrote it.
   */
  set(path: string, value: unknown, hash?: string, by?: 'person'): Promise<{ applied: 'now' | 'restart' }>
  /** The same for several keys: all of them, or none. */
  edit(changes: readonly ConfigEdit[], hash?: string, by?: 'person'): Promise<{ applied: 'now' | 'restart' }>
  /** Every problem of a text that would become the configuration. */
  check(text: string): readonly Problem[]
  /** JSON Schema with the plugins' own schemas in place. */
  schema(): unknown
  /** What plugins add to the schema; rewrites `schema.json` when it changed. */
  extend(plugins: readonly PluginSchema[]): Promise<void>
  /** Called after the file or a plugin's schema changed and the new value is in force. */
  onChange(listen: (change: ConfigChange) => void): Disposable
  /** Reads the file again now, in place of at the next look. */
  reload(): Promise<void>
  /** Copy with every secret value replaced by `"***"`. */
  masked(): unknown
}

/** One key of the file and what it shall be; without a value it is removed. */
export interface ConfigEdit {
  readonly path: string
  readonly value?: unknown
}

/**
 * What changed in the usable part. `paths` are the deepest sections or values that differ, and what was closed or opened
 * again; empty when only problems differ.
 */
export interface ConfigChange {
  readonly before: Config
  readonly after: Config
  readonly paths: readonly string[]
  /** Whether all of it is in force, or some of it waits for a restart. */
  readonly applied: 'now' | 'restart'
}

/** The config schema of one plugin, and where its values stand. */
export interface PluginSchema {
  readonly id: string
  /** For a channel: the schema of one account under `channels.<id>.accounts.<account>`; else of `plugins.<id>.config`. */
  readonly channel: boolean
  readonly schema: object
}

/** Values that must not stand in the configuration: `credentials/`, and references to the environment or a file. */
export interface Secrets {
  /** A plugin's config with its secret fields filled from references and the store; what cannot be resolved is a problem. */
  fill(owner: string, schema: object, value: unknown): Promise<{ value: unknown; problems: readonly Problem[] }>
  /**
   * Stores secret fields of an owner (`plugin:<id>`, `channel:<channel>:<account>`), bound to the fields that `boundTo`
   * names. One that is undefined is forgotten.
   */
  store(
    owner: string,
    schema: object,
    secrets: Readonly<Record<string, string | undefined>>,
    value: unknown,
  ): Promise<void>
  /** Names of the stored secrets that count for a config as it is. */
  stored(owner: string, schema: object, value: unknown): Promise<readonly string[]>
  forget(owner: string): Promise<void>
  /** Replaces every known secret value in a text by `***`. */
  mask(text: string): string
  /** Tells of a further secret that must not be shown, such as a token. */
  know(value: string): void
}
