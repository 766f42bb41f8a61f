import type { Serves } from '@openclaw/client'
import { failure, type Problem } from '@openclaw/protocol'
import type { Tool, Tools } from '@openclaw/sdk'
import { checkInput, guardFetch } from '@openclaw/sdk/host'
import { remoteStore, type EntryMethods, type ToolAbout } from '@openclaw/sdk/isolation'
import type { EntryParts } from './agent.ts'
import { makeCall } from './call.ts'

type Served = Extract<keyof EntryMethods, `tool.${string}`>

/** Serves the tool entry of a plugin to the agent. */
export function serveTools(parts: EntryParts): Pick<Serves<EntryMethods>, Served> {
  const { scope, wire } = parts
  const tools = new Map<string, { readonly tool: Tool; problems(input: unknown): Promise<Problem[]> }>()
  let told = false

  const describe = (): ToolAbout[] =>
    [...tools.values()].map(({ tool: { name, description, effect, input, subject, effectOf, reaches, lasts } }) => ({
      name,
      description,
      effect,
      input: input as unknown as Record<string, unknown>,
      subject: subject !== undefined,
      effectOf: effectOf !== undefined,
      reaches: reaches !== undefined,
      lasts: lasts !== undefined,
    }))
  const changed = () => {
    if (told) void wire().notify('tools.changed', { tools: describe() })
  }

  function register(...added: readonly Tool[]): Disposable {
    const names = added.map(({ name }) => name)
    const twice = names.find((name, at) => tools.has(name) || names.indexOf(name) !== at)
    if (twice !== undefined) throw failure('conflict', `two of its tools have the name "${twice}"`)
    const mine = added.map((tool) => ({ tool, problems: checkInput(tool.input) }))
    for (const one of mine) tools.set(one.tool.name, one)
    changed()
    return scope.use(
      {
        [Symbol.dispose]() {
          for (const one of mine) if (tools.get(one.tool.name) === one) tools.delete(one.tool.name)
          changed()
        },
      },
      `tools ${names.join(', ')}`,
    )
  }

  function find(name: string) {
    const found = tools.get(name)
    if (!found) throw failure('not_found', `the plugin has no tool "${name}" any more`)
    return found
  }

  return {
    async 'tool.setup'({ module, config }) {
      const entry = (await parts.load(module)) as unknown as Tools
      if (typeof entry.setup !== 'function') throw failure('invalid_config', `${module} exports no tools`)
      const store = remoteStore(wire().call)
      await entry.setup({
        ...scope,
        config: config as never,
        store,
        fetch: guardFetch({ clock: parts.clock }),
        now: () => parts.clock.now(),
        register,
      })
      told = true
      return { tools: describe() }
    },
    'tool.problems': async ({ name, input }) => ({ problems: await find(name).problems(input) }),
    'tool.subject': ({ name, input }) => ({ text: find(name).tool.subject?.(input as never) ?? '' }),
    'tool.effect'({ name, input }) {
      const { tool } = find(name)
      return { effect: tool.effectOf?.(input as never) ?? tool.effect }
    },
    'tool.reaches'({ name, input }) {
      const address = find(name).tool.reaches?.(input as never)
      return address === undefined ? {} : { address }
    },
    'tool.lasts': ({ name, input }) => ({ lasts: find(name).tool.lasts?.(input as never) ?? false }),
    'tool.run': async ({ name, input, ...about }, { signal }) =>
      (await find(name).tool.run(input as never, makeCall(parts, about, signal))) as never,
  }
}
