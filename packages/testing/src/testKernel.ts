import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAgent } from '@openclaw/agent'
import { linkedPair } from '@openclaw/client'
import { createKernel, type BundledPlugin, type Kernel, type Platform } from '@openclaw/kernel'
import type { EventName, EventPayload, MethodResult } from '@openclaw/protocol'
import type { Channel, Extension, Gateway, Tool } from '@openclaw/sdk'
import { defineGateway, defineTools } from '@openclaw/sdk'
import Type from 'typebox'
import { linkPlugins } from './isolation/link.ts'
import { testPlatform, type TestPlatform } from './platform.ts'
import { say, scriptedProvider, type Script, type Scripted } from './scripted.ts'

/** Something that happened, as a client in the house is told. */
export interface Heard<E extends EventName = EventName> {
  readonly event: E
  readonly session?: string
  readonly payload: EventPayload<E>
}

/** A real kernel in a temporary home, with a scripted model and an agent in process. */
export interface TestKernel extends AsyncDisposable {
  readonly kernel: Kernel
  readonly call: Kernel['call']
  readonly home: string
  readonly platform: TestPlatform
  readonly model: Scripted
  /** Everything that happened so far. */
  readonly heard: readonly Heard[]
  /** Resolves with the first event of the name that fits, past or to come. */
  hear<E extends EventName>(event: E, fits?: (payload: EventPayload<E>) => boolean): Promise<Heard<E>>
  /** Says something as the owner and waits for the answer. */
  ask(message: string, options?: { session?: string; key?: string }): Promise<MethodResult<'agent.wait'>>
  /** Ends this kernel as it is and starts another one over the same home, as after a stop. */
  restart(): Promise<TestKernel>
}

export interface TestKernelOptions {
  /** Further plugins, e.g. of {@link fakeChannel}, {@link toolPlugin} or {@link gatewayPlugin}. */
  readonly plugins?: readonly BundledPlugin[]
  /** The configuration; written as the home's openclaw.json. */
  readonly config?: object
  /** What the model does; it says "ok" to everything when absent. */
  readonly script?: Script
  /** An existing home, which is kept. */
  readonly home?: string
  /** Opens a real port when true. */
  readonly listen?: boolean
  /**
   * Folders of plugin packages: each is plugged in as `plugins add FOLDER` does it, and runs in a real process of its
   * own. Their time is the machine's; what looks after the process goes by the platform's.
   */
  readonly isolated?: readonly URL[]
  /** Told when somebody asked the gateway to start again. */
  readonly onRestart?: () => void
  /** Changes the platform before the kernel gets it, e.g. to make its disk fail or its time real. */
  readonly platform?: (platform: TestPlatform) => Platform
}

/** Starts one. Time stands still unless `platform.clock.advance` is called. */
export async function testKernel(options: TestKernelOptions = {}): Promise<TestKernel> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'openclaw-test-')))
  const platform = testPlatform(home, { seed: Math.floor(Math.random() * 2 ** 31) })
  const changed = options.platform?.(platform) ?? platform
  const model = scriptedProvider(options.script ?? (() => say('ok')))
  const plugins = [providerPlugin(model), ...(options.plugins ?? [])]
  const apart = options.isolated ? await linkPlugins(home, options.isolated) : undefined
  if (options.config || apart) {
    await mkdir(home, { recursive: true })
    const config = options.config as { plugins?: object } | undefined
    const rules = { ...apart?.rules, ...config?.plugins }
    await writeFile(join(home, 'openclaw.json'), JSON.stringify({ ...config, ...(apart ? { plugins: rules } : {}) }))
  }
  const kernel = await createKernel({
    home,
    version: '0.0.0-test',
    platform: changed,
    bundled: plugins,
    agent: { inProcess: (transport) => createAgent({ transport, bundled: entriesOf(plugins), clock: changed.clock }) },
    ...(apart ? { isolation: apart.program } : {}),
    defaultModel: model.model,
    port: 0,
    listen: options.listen ?? false,
    ...(options.onRestart ? { onRestart: options.onRestart } : {}),
  })
  const heard: Heard[] = []
  const waiting = new Set<() => void>()
  const [near, far] = linkedPair()
  near.onMessage((text: string) => {
    const frame = JSON.parse(text) as { method?: string; params?: { session?: string; payload: unknown } }
    if (frame.method === undefined || !frame.params) return
    heard.push({ event: frame.method, ...frame.params } as unknown as Heard)
    for (const look of waiting) look()
  })
  kernel.attach(far)
  await kernel.plugged

  const self: TestKernel = {
    kernel,
    call: kernel.call,
    home,
    platform,
    model,
    heard,
    async hear(event, fits = () => true) {
      const find = () => heard.find((one) => one.event === event && fits(one.payload as never))
      for (let found = find(); ; found = find()) {
        if (found) return found as never
        await new Promise<void>((resolve) => {
          const look = () => {
            waiting.delete(look)
            resolve()
          }
          waiting.add(look)
        })
      }
    },
    async ask(message, { session, key = `k${Math.random()}` } = {}) {
      const { run } = await kernel.call('chat.send', { message, idempotencyKey: key, ...(session ? { session } : {}) })
      return kernel.call('agent.wait', { run, timeoutMs: 60_000 })
    },
    async restart() {
      await kernel.close('restart')
      return testKernel({ ...options, home })
    },
    async [Symbol.asyncDispose]() {
      await kernel.close('the test is over')
      if (options.home === undefined) await rm(home, { recursive: true, force: true })
    },
  }
  return self
}

/** `<plugin>/<hook>` to its module, as the agent looks entries up. */
function entriesOf(plugins: readonly BundledPlugin[]): Record<string, () => Promise<unknown>> {
  const entries: Record<string, () => Promise<unknown>> = {}
  for (const { package: manifest, load } of plugins) {
    const { id } = manifest.openclaw as { id: string }
    for (const hook of ['tool', 'provider'] as const) if (load[hook]) entries[`${id}/${hook}`] = load[hook]
  }
  return entries
}

function plugin(
  id: string,
  hook: 'provider' | 'tool' | 'gateway',
  module: unknown,
  permissions: object = {},
): BundledPlugin {
  return {
    package: {
      name: `@openclaw/${hook}-${id}`,
      version: '0.0.0',
      openclaw: { id, label: id, api: 1, hooks: { [hook]: `./${hook}` }, permissions },
    },
    load: { [hook]: async () => ({ default: module }) },
  }
}

/** A scripted provider as a plugin. */
export function providerPlugin(scripted: Scripted): BundledPlugin {
  return plugin(scripted.provider.id, 'provider', scripted.provider)
}

/** Tools as a plugin. */
export function toolPlugin(
  id: string,
  tools: readonly Tool[],
  permissions: { methods?: readonly string[] } = {},
): BundledPlugin {
  return plugin(
    id,
    'tool',
    defineTools({ config: Type.Object({}), setup: ({ register }) => void register(...tools) }),
    permissions,
  )
}

/** A channel as a plugin. */
export function channelPlugin(channel: Channel): BundledPlugin {
  const { id, account } = channel
  const openclaw = { id, label: id, api: 1, hooks: { channel: './channel' }, config: './config', permissions: {} }
  return {
    package: { name: `@openclaw/channel-${id}`, version: '0.0.0', openclaw },
    load: { channel: async () => ({ default: channel }), config: async () => ({ account }) },
  }
}

/** A gateway extension as a plugin. */
export function gatewayPlugin(id: string, extension: Extension | Gateway['setup']): BundledPlugin {
  return plugin(
    id,
    'gateway',
    defineGateway({
      id,
      config: Type.Object({}),
      setup: typeof extension === 'function' ? extension : () => extension,
    }),
  )
}
