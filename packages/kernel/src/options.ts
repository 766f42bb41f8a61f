import type { MethodName, MethodParams, MethodResult } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Transport } from '@openclaw/client'
import type { Platform } from './platform.ts'
import type { PluginProgram } from './isolation/life.ts'
import type { BundledPlugin } from './plugins/host.ts'

/** What a kernel is made with. Everything that names a platform, a model or a tool comes in here. */
export interface KernelOptions {
  /** The folder of all state, e.g. `~/.openclaw`. Made when missing. */
  readonly home: string
  readonly version: string
  readonly platform: Platform
  /** Plugins that come with the program. Installed ones of the same id win. */
  readonly bundled: readonly BundledPlugin[]
  /** The agent: a program that speaks JSON-RPC over its pipes (argv beginning with Node), or one in this process. */
  readonly agent:
    | { readonly program: readonly string[] }
    | { readonly inProcess: (transport: Transport) => AsyncDisposable }
  /** What is started for a plugin in a process of its own. Without it such plugins are parked. */
  readonly isolation?: PluginProgram
  /** The model that answers when none is configured. */
  readonly defaultModel: string
  /** Command lines that would bring a sandbox to this machine, the best one first. */
  readonly sandboxPlugins?: readonly string[]
  /** Where `/` leads, e.g. `/control-ui/`. */
  readonly front?: string
  /** Wins over the configuration. */
  readonly port?: number
  readonly bind?: 'loopback' | 'lan'
  /** False: no port is opened; the kernel is reached through `call` and `attach` only. */
  readonly listen?: boolean
  /** Told when a client asked for a restart, after the answer was given. */
  readonly onRestart?: () => void
  /** A further place for what is logged, e.g. a terminal. */
  readonly echo?: Log
}

/** A running gateway. Disposing it settles what runs, closes every link and lets go of the home. */
export interface Kernel extends AsyncDisposable {
  /** How people reach it, e.g. `http://127.0.0.1:18789/`. */
  readonly address: URL
  /** Resolves when plugins are set up and channels are connecting. The gateway takes messages before. */
  readonly plugged: Promise<void>
  /** A fresh one-time link to the control page. */
  link(): MethodResult<'links.create'>
  /** Calls a method as the owner, in process. */
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>
  /** Serves a client in this process as the owner. */
  attach(transport: Transport): void
  /** Closes with a reason that clients are told. */
  close(reason: string): Promise<void>
}
