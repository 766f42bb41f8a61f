import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { deadline, within } from '../deadline.ts'
import type { FoundPlugin } from '../plugins/host.ts'
import type { Platform } from '../platform.ts'
import { isolateChannel } from './channel.ts'
import { openChecks } from '@openclaw/sdk/isolation'
import { isolateGateway, type IsolatedGateway } from './gateway.ts'
import { beginLife, type PluginLife, type PluginProgram } from './life.ts'
import { findPrefix } from './spawn.ts'
import { supervise } from './supervise.ts'

/** A plugin whose entries live in a process of their own. */
export interface IsolatedPlugin extends AsyncDisposable {
  /**
   * Gives what importing one of its modules would give here: entries that ask their process for everything. Rejects with
   * what the module threw, or with how the process ended.
   */
  load(part: 'channel' | 'gateway' | 'config'): Promise<unknown>
  /** The local socket of its tool and provider entries, once the process is alive; rejects when it is parked. */
  reach(signal: AbortSignal): Promise<string>
  /** Ends the process that is there now, which another one replaces: the agent has found it out. */
  end(why: string): void
}

/** Time that a fresh process has to be set up like the one before it. */
const prepareMs = 10_000
/** Time that a process has to end its links and what its entries opened. */
const closeMs = 2500

/** Makes the host of one plugin; its process is started by the first `load`, and kept alive until the end. */
export function hostPlugin(options: {
  readonly plugin: FoundPlugin
  readonly program: PluginProgram
  readonly platform: Platform
  readonly log: Log
  /** The folder that its process may write. */
  readonly state: string
  /** The address of the gateway. */
  address(): URL
  /** The process is gone and another one is being started. */
  onLost(reason: string): void
  /** It is alive again. */
  onUp(): void
  /** It is not started any more: what it added refuses everything from now on. */
  onDown(why: string): void
}): IsolatedPlugin {
  const { plugin, platform, log } = options
  const { id } = plugin.manifest
  const check = openChecks(id)
  const remedy = `\`openclaw plugins reload ${id}\``
  const loaded = new Map<'channel' | 'gateway', string>()
  let prefix: Promise<readonly string[]> | undefined
  let ready: PluginLife | undefined
  /** Modules that it was asked to import. */
  let importing = 0
  let closed = false
  let turned = Promise.withResolvers<void>()
  let gateway: IsolatedGateway | undefined

  const turn = () => {
    turned.resolve()
    turned = Promise.withResolvers()
  }
  const children = supervise<PluginLife>({
    name: `the process of the plugin ${id}`,
    remedy,
    clock: platform.clock,
    log,
    async begin() {
      const life = await beginLife({
        ...options,
        check,
        prefix: await (prefix ??= findPrefix(platform)),
        setup: () => gateway?.given,
        listen: (event, on) => gateway?.listen(event, on),
      })
      void life.over.then((how) => forget(life, how))
      return life
    },
    busy: () => importing > 0,
    onUp: (life) => void prepareAll(life),
    onLost: options.onLost,
    onDown(why) {
      turn()
      options.onDown(why)
    },
  })

  /** Its links are gone, and the machines of its accounts connect again. */
  function forget(life: PluginLife, how: string): void {
    if (ready === life) ready = undefined
    const accounts = [...life.accounts.values()]
    life.accounts.clear()
    for (const account of accounts) account.report('offline', `the process of its plugin ended: ${how}`)
    turn()
  }

  /** A fresh process learns what the one before it had loaded, before anybody may use it. */
  async function prepareAll(life: PluginLife): Promise<void> {
    const again = children.restarts > 0
    using limit = deadline(platform.clock, prepareMs, `setting up ${id} again`)
    const { signal } = limit
    try {
      for (const [part, module] of loaded) await patiently(life.call(`${part}.describe`, { module }, signal))
      if (again) await gateway?.again(life, signal)
    } catch (error) {
      // One that died of it is started again, and parked when it goes on dying.
      if (children.life === life)
        children.park(`${error instanceof Error ? error.message : String(error)}; mend it, then ${remedy}`)
      return
    }
    ready = life
    turn()
    if (again) options.onUp()
  }

  async function up(signal?: AbortSignal): Promise<PluginLife> {
    children.start()
    for (;;) {
      if (ready) return ready
      if (closed) throw failure('unavailable', `${id}: its process was stopped`)
      if (children.state === 'parked')
        // Not `unavailable`: whoever tries again by himself would do so for ever.
        throw failure('forbidden', `${id}: its process is parked: ${children.reason ?? 'it died too often'}; ${remedy}`)
      await (signal ? within(turned.promise, signal) : turned.promise)
    }
  }

  /** While it imports a module it may be silent for as long as at its start. */
  async function patiently<T>(importsOne: Promise<T>): Promise<T> {
    importing++
    try {
      return await importsOne
    } finally {
      importing--
    }
  }

  /** Asks the process, or the next one when it ended meanwhile; one that goes on ending is parked. */
  async function ask<T>(importOne: (life: PluginLife) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      const life = await up(signal)
      try {
        return await patiently(importOne(life))
      } catch (error) {
        // It is still there, so that it was not its end that went wrong.
        if (ready === life) throw error
      }
    }
  }

  return {
    async load(part) {
      const module = await plugin.module(part)
      if (part === 'config') return ask((life) => life.call('config.describe', { module }))
      if (part === 'channel') {
        const about = await ask((life) => life.call('channel.describe', { module }))
        loaded.set(part, module)
        return { default: isolateChannel(about, up, options.address) }
      }
      gateway = isolateGateway(await ask((life) => life.call('gateway.describe', { module })), { up, now: () => ready })
      loaded.set(part, module)
      return { default: gateway.gateway }
    },
    async reach(signal) {
      const hooks = (['tool', 'provider'] as const).filter((hook) => plugin.manifest.hooks[hook] !== undefined)
      const modules = await Promise.all(hooks.map((hook) => plugin.module(hook)))
      return ask((life) => life.entries(modules), signal)
    },
    end: (why) => ready?.end(why),
    async [Symbol.asyncDispose]() {
      closed = true
      if (ready) {
        const late = Promise.withResolvers<void>()
        using _timer = platform.clock.after(closeMs, late.resolve)
        await Promise.race([ready.call('close', {}).catch(() => {}), late.promise])
      }
      await children[Symbol.asyncDispose]()
      turn()
    },
  }
}
