import type { Attachment, Content, Effect, Role } from '@openclaw/protocol'
import type { Static, TSchema } from 'typebox'
import type { Scope, Store } from './scope.ts'

/** `content` is for the model, `details` for people and the journal. */
export interface ToolResult {
  readonly content: readonly Content[]
  readonly details?: unknown
  readonly failed?: boolean
  /** Stored files (see {@link ToolCall.attach}) that go to the person with the run's answer. */
  readonly files?: readonly Attachment[]
  /**
   * Strangers wrote its text: a page, the answer of a foreign server. The model gets it between marks that say so, and
   * its line in the journal has the trust `outside`. False when nobody but the owner and the gateway has a word in it.
   * When absent it may hold anything, as a file does: it is no news from strangers, and no reason for trust.
   */
  readonly outside?: boolean
}

/** A piece of a command's output, or its end. `signal` names what killed it. */
export type Output =
  | { readonly stream: 'out' | 'err'; readonly bytes: Uint8Array }
  | { readonly exit: number; readonly signal?: string }

/** A command that goes on after its call; it belongs to the session and ends with it or with the gateway. */
export interface Job {
  readonly id: string
  /** Output since the last read, bounded; older bytes are dropped and counted. */
  read(): Promise<{ readonly text: string; readonly dropped: number; readonly exit?: number }>
  write(text: string): Promise<void>
  kill(): Promise<void>
}

/** What {@link Workspace.list} says of a folder's entry. */
export interface WorkspaceFile {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly sizeBytes: number
}

/**
 * Files and processes of the session: on this machine in the owner's direct sessions, inside the sandbox elsewhere.
 * Paths are relative to the workspace, or absolute below it; what leads out of it after following links is refused
 * with `forbidden`.
 */
export interface Workspace {
  /** The folder as the command sees it. */
  readonly root: string
  /** False where nothing may be changed or run: neither the owner's own session nor a sandbox. It is refused then. */
  readonly writable: boolean
  /** Runs a command without a shell. Leaving the loop, the signal or the timeout kill it with all its children. */
  exec(
    argv: readonly string[],
    options: {
      readonly cwd?: string
      readonly stdin?: string
      readonly timeoutMs: number
      readonly signal: AbortSignal
    },
  ): AsyncIterable<Output>
  /** Starts a command that outlives the call. */
  start(argv: readonly string[], options: { readonly cwd?: string }): Promise<Job>
  /** A background job of this session. */
  job(id: string): Promise<Job | undefined>
  jobs(): Promise<readonly { readonly id: string; readonly command: string; readonly running: boolean }[]>
  read(path: string, range?: { readonly start: number; readonly end: number }): Promise<Uint8Array>
  /** Creates folders as needed; replaces the file atomically. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Takes a file away, or a folder in which nothing is. A link is refused: it may be what other paths go through. */
  remove(path: string): Promise<void>
  /** Gives a file another name, making folders as needed. `conflict` when there is something of that name. */
  move(from: string, to: string): Promise<void>
  list(path: string): Promise<readonly WorkspaceFile[]>
  /** Undefined when there is nothing. */
  stat(path: string): Promise<WorkspaceFile | undefined>
}

/** How an untrusted address is asked. */
export interface FetchOptions {
  /** Another origin to which it redirects gets only `accept`, `accept-language` and `user-agent` of them. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** For all of it, the body included. Default 30,000. */
  readonly timeoutMs?: number
  /** Of the unpacked body; reading more fails with `unsupported`. Default 10,000,000. */
  readonly maxBytes?: number
  /**
   * Hosts, as `name` or `name:port`, that may be private because the owner wrote them into the configuration. A
   * redirect of another host does not lead to them.
   */
  readonly allowPrivate?: readonly string[]
}

/**
 * Reads (GET) what stands at an address that the model, a page or a stranger named; the one way to do that. Only http
 * and https, without a name and password in the address, and only public addresses: never this machine, its networks
 * or a cloud's metadata, however it is spelled, wherever it redirects (at most 5 times) and whatever the name server
 * says a moment later. No cookies are kept. `url` of the answer is where it came from in the end; the body comes as
 * fast as it is read.
 *
 * Rejects with `forbidden` for what may not be asked, `invalid_params` for what is no address, `unavailable` for what
 * does not answer, and with the signal's reason.
 */
export type GuardedFetch = (url: string | URL, options?: FetchOptions) => Promise<Response>

/** One call, as a tool sees it. */
export interface ToolCall {
  readonly id: string
  readonly run: string
  readonly session: string
  readonly role: Role
  readonly signal: AbortSignal
  readonly workspace: Workspace
  /** Set when the owner's list allowed the call because of its {@link Tool.argv}: run exactly this, without a shell. */
  readonly argv?: readonly string[]
  /** With the rights of the run's principal, and only methods that the manifest names. */
  readonly gateway: { call(method: string, params?: object): Promise<unknown> }
  /** Shows what there is so far. Accumulated, not a delta; rate-limited by the runtime. */
  progress(content: readonly Content[]): void
  /** Stores bytes under `media/` and returns the content that refers to them. */
  attach(bytes: Uint8Array, mime: string, name?: string): Promise<Content>
}

/** Something the agent may do. */
export interface Tool<I extends TSchema = TSchema> {
  /** snake_case, at most 64 characters, unique over all plugins. */
  readonly name: string
  /** For the model. */
  readonly description: string
  readonly input: I
  readonly effect: Effect
  /** One line for a person who is asked to allow the call, e.g. the command itself. */
  subject?(input: Static<I>): string
  /** The effect of this very call when it is less than `effect`, e.g. polling a job started by an `exec` tool. */
  effectOf?(input: Static<I>): Effect
  /**
   * The address to which this call sends what the model wrote, when the model may choose it. The owner is asked once
   * before a session's first call to a site, unless the whole address stands in what a person or an earlier result said.
   * For a chat it is what {@link chatUrl} makes of its address: the owner is asked before each call that writes to
   * another chat than the one that the run answers.
   */
  reaches?(input: Static<I>): string | undefined
  /**
   * Does what this call leaves make the agent act later, or remember: a job, a note, a setting? Once something stands in
   * the context that nobody who speaks there said, the owner is asked before it.
   */
  lasts?(input: Static<I>): boolean
  /**
   * The words of the program that this call runs, when it runs that one and does nothing else. With them the owner's
   * list of commands is asked (`tools.exec: "allowlist"`); it is not for a tool in a process of its own.
   */
  argv?(input: Static<I>): readonly string[] | undefined
  /**
   * The name of the tool that this call stands for, where one tool calls others that are not in the list themselves: the
   * rules about that name count too. It is not for a tool in a process of its own.
   */
  calls?(input: Static<I>): string
  /** Input is checked before. What it throws goes back to the model as a failed result. */
  run(input: Static<I>, call: ToolCall): Promise<ToolResult>
}

/** What a tool entry is set up with. */
export interface ToolSetup<C = unknown> extends Scope {
  readonly config: C
  readonly store: Store
  /** For every address that the owner did not write into the configuration. */
  readonly fetch: GuardedFetch
  /** Milliseconds since 1970, by the host's clock. */
  now(): number
  /** Adds tools, now or any time later; disposing takes them away again. */
  register(...tools: readonly Tool[]): Disposable
}

export interface Tools<C extends TSchema = TSchema> {
  readonly config: C
  setup(setup: ToolSetup<Static<C>>): void | Promise<void>
}

/** Declares one tool and infers the type of its input. */
export function defineTool<const I extends TSchema>(tool: Tool<I>): Tool {
  return tool as unknown as Tool
}

/** Declares the `tool` entry of a plugin; the default export of its module. */
export function defineTools<const C extends TSchema>(tools: Tools<C>): Tools<C> {
  return tools
}
