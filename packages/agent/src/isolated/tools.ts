import { failure } from '@openclaw/protocol'
import type { ToolCall, ToolResult, ToolSetup } from '@openclaw/sdk'
import type { ToolAbout } from '@openclaw/sdk/isolation'
import type { AnyTool } from '../tools.ts'
import { connectEntry, type EntryLife, type IsolatedEntry } from './connect.ts'
import { serveCalls } from './serve.ts'

/** Time that a tool has to say something about an input. */
const aboutMs = 5000

/** A tool entry, wherever its code runs. */
export interface AnyTools {
  setup(
    setup: Omit<ToolSetup, 'register'> & { register(...tools: readonly AnyTool[]): Disposable },
  ): void | Promise<void>
}

/** The tools of an entry that lives in the process of its plugin; they are as it says, also later. */
export function isolateTools(entry: IsolatedEntry): AnyTools {
  return { setup: (given) => connectTools(entry, given) }
}

async function connectTools(entry: IsolatedEntry, given: Parameters<AnyTools['setup']>[0]): Promise<void> {
  const { register, config, store, ...scope } = given
  const { module } = entry
  const calls = new Map<number, ToolCall>()
  let next = 0
  let shown = ''
  let plugged: Disposable | undefined

  /** Puts what it has now in place of what it had. Throws when a name is taken. */
  function plug(tools: readonly ToolAbout[]): void {
    const told = JSON.stringify(tools)
    if (told === shown) return
    plugged?.[Symbol.dispose]()
    plugged = undefined
    shown = ''
    plugged = register(...tools.map((about) => toolOf(about)))
    shown = told
  }

  const life = connectEntry({
    ...entry,
    scope,
    handlers: (mine) => serveCalls({ calls, store, life: mine }),
    hear: {
      'call.progress': ({ call, content }) => calls.get(call)?.progress(content),
      'tools.changed': ({ tools }) => plug(tools),
    },
    async setUp(call) {
      plug((await call('tool.setup', { module, config })).tools)
    },
  })
  await life()

  function toolOf({ name, description, effect, input, subject, effectOf, reaches, lasts }: ToolAbout): AnyTool {
    const about = async <M extends 'tool.problems' | 'tool.subject' | 'tool.effect' | 'tool.reaches' | 'tool.lasts'>(
      method: M,
      given: unknown,
      signal: AbortSignal,
    ) => (await life(signal)).call(method, { name, input: given } as never, { signal, timeoutMs: aboutMs })
    return {
      name,
      description,
      effect,
      input: input as AnyTool['input'],
      problems: async (given, signal) => (await about('tool.problems', given, signal)).problems,
      ...(subject ? { subject: async (given, signal) => (await about('tool.subject', given, signal)).text } : {}),
      ...(effectOf ? { effectOf: async (given, signal) => (await about('tool.effect', given, signal)).effect } : {}),
      ...(reaches ? { reaches: async (given, signal) => (await about('tool.reaches', given, signal)).address } : {}),
      ...(lasts ? { lasts: async (given, signal) => (await about('tool.lasts', given, signal)).lasts } : {}),
      run: async (given, call) => run(await life(call.signal), name, given, call),
    }
  }

  async function run(
    { call: ask, isOver }: EntryLife,
    name: string,
    input: unknown,
    call: ToolCall,
  ): Promise<ToolResult> {
    const number = ++next
    const { id, run, session, role, workspace, signal } = call
    calls.set(number, call)
    const about = {
      name,
      input,
      call: number,
      id,
      run,
      session,
      role,
      root: workspace.root,
      writable: workspace.writable,
    }
    try {
      return await ask('tool.run', about, { signal })
    } catch (thrown) {
      if (signal.aborted || !(await isOver())) throw thrown
      throw failure(
        'unavailable',
        'its process ended, so the call was interrupted: it may have happened; check before repeating',
      )
    } finally {
      calls.delete(number)
    }
  }
}
