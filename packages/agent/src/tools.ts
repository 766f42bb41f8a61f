import { failure, type Problem, type ToolSpec } from '@openclaw/protocol'
import type { Effect, ModelRequest, Tool } from '@openclaw/sdk'
import { checkInput } from '@openclaw/sdk/host'

/** A tool as it is plugged in. One in a process of its own is asked there, so what it says is waited for. */
export interface AnyTool extends Omit<Tool, 'subject' | 'effectOf' | 'reaches' | 'lasts'> {
  subject?(input: unknown, signal: AbortSignal): string | Promise<string>
  effectOf?(input: unknown, signal: AbortSignal): Effect | Promise<Effect>
  reaches?(input: unknown, signal: AbortSignal): string | undefined | Promise<string | undefined>
  lasts?(input: unknown, signal: AbortSignal): boolean | Promise<boolean>
  /** What is wrong with an input; found out by its schema when absent. */
  problems?(input: unknown, signal: AbortSignal): Promise<Problem[]>
}

/** A tool that is there, and whose it is. */
export interface PluggedTool {
  readonly tool: AnyTool
  readonly plugin: string
  /** What is wrong with an input; nothing when it fits. */
  problems(input: unknown, signal: AbortSignal): Promise<Problem[]>
}

/** The tools of one agent instance, by name. */
export interface ToolRegistry {
  readonly tools: ReadonlyMap<string, PluggedTool>
  /** Throws `conflict` when a name is taken, and then adds none. */
  register(plugin: string, tools: readonly AnyTool[]): Disposable
  /** What the gateway must know of them, sorted by name. */
  specs(): ToolSpec[]
  /** What the model must know of those with these names, in an order that never changes. */
  offered(names: readonly string[]): ModelRequest['tools']
}

function plug(plugin: string, tool: AnyTool): PluggedTool {
  return { tool, plugin, problems: tool.problems ?? checkInput(tool.input) }
}

/** Opens an empty registry; `onChange` is told after each change. */
export function openTools(onChange: () => void): ToolRegistry {
  const tools = new Map<string, PluggedTool>()
  return {
    tools,
    register(plugin, added) {
      for (const { name } of added) {
        if (!/^[a-z][a-z0-9_]{0,63}$/.test(name))
          throw failure(
            'invalid_config',
            `${plugin}: "${name}" is no tool name; use snake_case and at most 64 characters`,
          )
        const holder = tools.get(name)
        if (holder)
          throw failure(
            'conflict',
            `${plugin}: the tool name "${name}" is taken by ${holder.plugin}; unplug one of them`,
          )
      }
      if (new Set(added.map(({ name }) => name)).size < added.length)
        throw failure('conflict', `${plugin}: two of its tools have one name`)
      const mine = added.map((tool) => plug(plugin, tool))
      for (const one of mine) tools.set(one.tool.name, one)
      onChange()
      return {
        [Symbol.dispose]() {
          for (const one of mine) if (tools.get(one.tool.name) === one) tools.delete(one.tool.name)
          onChange()
        },
      }
    },
    specs: () =>
      [...tools.values()]
        .map(({ tool: { name, description, effect, input }, plugin }) => ({ name, plugin, description, effect, input }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    offered: (names) =>
      [...new Set(names)].toSorted().flatMap((name) => {
        const found = tools.get(name)?.tool
        return found ? [{ name, description: found.description, input: found.input }] : []
      }),
  }
}
