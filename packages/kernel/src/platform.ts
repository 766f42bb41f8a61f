import type { Readable, Writable } from 'node:stream'
import type { Clock } from '@openclaw/sdk'

export type { Clock }

/**
 * The seam to time, disk, randomness and processes. Nothing in the kernel reaches for these otherwise, so that the
 * real kernel runs in a deterministic simulator.
 */
export interface Platform {
  readonly clock: Clock
  readonly files: Files
  readonly random: Random
  readonly processes: Processes
  /** The environment as it was at start. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface FileStat {
  readonly size: number
  readonly modifiedMs: number
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Its owner may run it; absent where nobody can say. */
  readonly executable?: boolean
}

/** An open file. Appends of one handle happen in the order of the calls. */
export interface FileHandle extends AsyncDisposable {
  append(bytes: Uint8Array): Promise<void>
  /** Everything appended is on the disk when it resolves (fdatasync), and the name of a new file too. */
  sync(): Promise<void>
  /** Reads up to `length` bytes at `offset`; shorter at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
  size(): Promise<number>
}

/** Paths are absolute. Folders are made 0700, files 0600. Errors carry node's `code` (ENOENT, ENOSPC, …). */
export interface Files {
  /** For appending a missing file is made, and its folder; for reading it is an error. */
  open(path: string, mode: 'read' | 'append'): Promise<FileHandle>
  /** Undefined when there is none. */
  readText(path: string): Promise<string | undefined>
  readBytes(path: string): Promise<Uint8Array | undefined>
  /** Whole or not at all: written beside, synced, renamed, folder synced. Large content may come in parts. */
  replace(
    path: string,
    content: string | Uint8Array | AsyncIterable<Uint8Array>,
    how?: { readonly executable?: boolean },
  ): Promise<void>
  /** Gives a file another name, in the place of what has it; the new name is on the disk when it resolves. */
  move(from: string, to: string): Promise<void>
  /** Of the name itself, not of what a link points at; undefined when there is none. */
  stat(path: string): Promise<FileStat | undefined>
  /** Names in a folder; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** Makes a folder, and those that it stands in; the names of new ones are on the disk when it resolves. */
  makeFolder(path: string): Promise<void>
  /** The names in a folder are on the disk as they are now: new ones, renamed and removed ones. */
  syncFolder(path: string): Promise<void>
  /** A file, or a folder with all that is in it; nothing happens when there is none. */
  remove(path: string): Promise<void>
  realpath(path: string): Promise<string>
  /**
   * Takes a file, which is made when missing, for this process alone, until it is disposed or the process ends in
   * whatever way. Undefined when it is taken.
   */
  lock(path: string): Promise<Disposable | undefined>
}

export interface Random {
  bytes(length: number): Uint8Array
  /** A UUIDv7-like id: sortable by time, unique; lower-case, 26 characters or fewer. */
  id(): string
  /** In [0, 1), for jitter. */
  number(): number
}

export interface Child {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

export interface Processes {
  /** Starts a program without a shell and with exactly this environment. Throws `not_found` when it cannot be started. */
  spawn(
    argv: readonly string[],
    options: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> },
  ): Child
}
