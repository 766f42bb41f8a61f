import { openWorkspaces, realClock } from '@openclaw/agent'
import type { AnyTool, AnyTools } from '@openclaw/agent/isolated'
import {
  failure,
  type Content,
  type Store,
  type Tool,
  type ToolCall,
  type ToolResult,
  type Tools,
  type Workspace,
} from '@openclaw/sdk'
import { guardFetch } from '@openclaw/sdk/host'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEntryProcess, type EntryProcess } from './isolation/entry.ts'
import { memoryStore, testScope } from './scope.ts'

/** A tool entry that is set up over a real workspace in a folder of its own. */
export interface ToolBench extends AsyncDisposable {
  readonly tools: ReadonlyMap<string, Tool>
  readonly workspace: Workspace
  /** The workspace's folder on this machine. */
  readonly folder: string
  /** What the calls have shown so far, newest last. */
  readonly progress: readonly (readonly Content[])[]
  /** Bytes that were attached, by their reference. */
  readonly attached: ReadonlyMap<string, Uint8Array>
  /** Checks the input as the runtime does, and calls. A refused input and a throw reject. */
  call(
    tool: string,
    input: unknown,
    more?: { signal?: AbortSignal; gateway?: ToolCall['gateway']; role?: ToolCall['role'] },
  ): Promise<ToolResult>
}

/**
 * Sets up a tool entry as the agent does, for a plugin's own tests: `await using bench = await toolBench(entry)`. What
 * an entry keeps outlives it in a `store` that is given; `now` says what time it is.
 */
export async function toolBench<C extends TSchema>(
  entry: Tools<C> | AnyTools,
  config: unknown = {},
  {
    store = memoryStore(),
    gateway: own = closedGateway,
    now = Date.now,
    readonly = false,
  }: {
    readonly store?: Store
    readonly gateway?: ToolCall['gateway']
    readonly now?: () => number
    /** Its calls may change and run nothing, as those of somebody else than the owner without a sandbox. */
    readonly readonly?: boolean
  } = {},
): Promise<ToolBench> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-tools-'))
  const root = join(folder, 'workspace')
  const tools = new Map<string, Tool>()
  const { scope, close } = testScope()
  const workspaces = openWorkspaces()
  const plan = { root, media: join(folder, 'media'), ...(readonly ? { readonly } : {}) }
  const run = workspaces.open({ run: 'bench', session: 'bench', plan })
  const over = new AbortController()
  const progress: (readonly Content[])[] = []
  const attached = new Map<string, Uint8Array>()
  await (entry as AnyTools).setup({
    ...scope,
    config,
    store,
    fetch: guardFetch({ clock: realClock }),
    now,
    register(...added) {
      // What one in a process of its own says of an input is waited for by whoever asks.
      for (const tool of added as readonly Tool[]) {
        if (tools.has(tool.name)) throw failure('conflict', `the tool name "${tool.name}" is taken`)
        tools.set(tool.name, tool)
      }
      return scope.use({ [Symbol.dispose]: () => added.forEach(({ name }) => void tools.delete(name)) }, 'tools')
    },
  })
  let calls = 0
  return {
    tools,
    folder: root,
    workspace: run.forCall(over.signal),
    progress,
    attached,
    async call(name, input, { signal = over.signal, gateway, role = 'owner' } = {}) {
      const tool = tools.get(name)
      if (!tool) throw failure('not_found', `there is no tool "${name}"`)
      const problems = Compile(tool.input).Errors(input)
      if (problems.length > 0)
        throw failure(
          'invalid_params',
          problems.map(({ instancePath, message }) => `${instancePath}: ${message}`).join('; '),
        )
      const end = new AbortController()
      const workspace = run.forCall(AbortSignal.any([signal, end.signal]))
      try {
        return await tool.run(input as never, {
          id: `call_${++calls}`,
          run: 'bench',
          session: 'bench',
          role,
          signal,
          workspace,
          gateway: gateway ?? own,
          progress: (content) => void progress.push(content),
          async attach(bytes, mime, title) {
            const ref = `media:${attached.size}`
            attached.set(ref, bytes)
            return { type: 'file', mime, ref, ...(title ? { name: title } : {}) }
          },
        })
      } finally {
        end.abort()
        await workspace.close()
      }
    },
    async [Symbol.asyncDispose]() {
      over.abort()
      await close()
      await run[Symbol.asyncDispose]()
      await workspaces[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const closedGateway: ToolCall['gateway'] = {
  call: (method) => Promise.reject(failure('forbidden', `${method} may not be called here`)),
}

/** A tool entry and how its tools are used. */
export interface ToolFixture {
  readonly name: string
  /** The default export of the entry's module. */
  readonly tools: Tools
  /** The entry's module: with it, everything is held a second time against the entry in a process of its own. */
  readonly module?: URL
  readonly config?: unknown
  /** What the entry finds kept; each time an empty one when absent. */
  readonly store?: Store
  /** What answers to the methods that its manifest names; without it none may be called. */
  readonly gateway?: ToolCall['gateway']
  /** At least one for each tool; `prepare` makes what the call needs. */
  readonly cases: readonly {
    readonly tool: string
    readonly input: unknown
    prepare?(bench: ToolBench): Promise<void>
  }[]
}

const effects = ['read', 'write', 'exec', 'network']

/** What every tool entry must hold to. Call it in the plugin's `test/conformance.test.ts`. */
export function toolConformance(fixture: ToolFixture): void {
  describe(`tool conformance: ${fixture.name}`, () => holdTools(fixture, () => fixture.tools))
  const { module } = fixture
  if (!module) return
  describe(`tool conformance: ${fixture.name}, in a process of its own`, () => {
    let apart: EntryProcess | undefined
    beforeAll(async () => (apart = await openEntryProcess('tool', module)))
    afterAll(() => apart?.[Symbol.asyncDispose]())
    holdTools(fixture, () => apart!.tools)
  })
}

function holdTools(fixture: ToolFixture, entry: () => Tools | AnyTools): void {
  const { store, gateway } = fixture
  const open = () =>
    toolBench(entry(), fixture.config, { ...(store ? { store } : {}), ...(gateway ? { gateway } : {}) })
  it('names its tools in snake_case, says what they do, and asks for an object', async () => {
    await using bench = await open()
    expect(bench.tools.size).toBeGreaterThan(0)
    for (const { name, description, input, effect } of bench.tools.values()) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{0,63}$/)
      expect(description.trim()).not.toBe('')
      expect(description.length).toBeLessThan(2000)
      expect(effects).toContain(effect)
      // The schema crosses a process border and goes to the model.
      const sent = JSON.parse(JSON.stringify(input)) as { type?: unknown }
      expect(sent.type).toBe('object')
      const schema = Compile(sent as TSchema)
      for (const wrong of [null, [], 'text', 1]) expect(schema.Check(wrong)).toBe(false)
    }
  })

  it('has a case for each tool', async () => {
    await using bench = await open()
    expect([...new Set(fixture.cases.map(({ tool }) => tool))].toSorted()).toEqual([...bench.tools.keys()].toSorted())
  })

  it('sets up again beside itself, and takes its tools away at the end', async () => {
    const first = await open()
    const names = [...first.tools.keys()]
    {
      await using second = await open()
      expect([...second.tools.keys()]).toEqual(names)
    }
    await first[Symbol.asyncDispose]()
    expect(first.tools.size).toBe(0)
  })

  for (const [at, { tool: name, input, prepare }] of fixture.cases.entries()) {
    describe(`${name}, case ${at + 1}`, () => {
      it('answers with content that can be sent', async () => {
        await using bench = await open()
        await prepare?.(bench)
        const result = await bench.call(name, structuredClone(input))
        expect(result.failed ?? false).toBe(false)
        expect(result.content.length).toBeGreaterThan(0)
        for (const part of result.content) {
          if (part.type === 'text') expect(typeof part.text).toBe('string')
          else expect(part).toMatchObject({ type: 'file', mime: expect.stringContaining('/'), ref: expect.any(String) })
        }
        expect(JSON.parse(JSON.stringify(result))).toEqual(JSON.parse(JSON.stringify({ ...result })))
        expect(JSON.stringify(result.content).length).toBeLessThan(200_000)
      })

      it('says what a person is asked to allow on few lines, and no more effect than it has', async () => {
        await using bench = await open()
        const tool: AnyTool = bench.tools.get(name)!
        const { signal } = new AbortController()
        const subject = await tool.subject?.(input, signal)
        if (subject !== undefined) expect(subject.trim()).not.toBe('')
        const effect = (await tool.effectOf?.(input, signal)) ?? tool.effect
        expect(effects).toContain(effect)
        if (tool.effect === 'read') expect(effect).toBe('read')
      })

      it('ends within a second after the signal', async () => {
        await using bench = await open()
        await prepare?.(bench)
        const control = new AbortController()
        const call = bench.call(name, structuredClone(input), { signal: control.signal }).catch(() => 'refused')
        control.abort(failure('aborted', 'the test stops it'))
        const { promise: late, resolve } = Promise.withResolvers<string>()
        const timer = setTimeout(resolve, 1000, 'late')
        expect(await Promise.race([call, late])).not.toBe('late')
        clearTimeout(timer)
      })

      it('does not change its input', async () => {
        await using bench = await open()
        await prepare?.(bench)
        await bench.call(name, freeze(structuredClone(input)))
      })
    })
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part)
    Object.freeze(value)
  }
  return value
}
