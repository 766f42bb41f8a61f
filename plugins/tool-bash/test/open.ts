import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWorkspaces } from '@openclaw/agent'
import type { Content, Tool, ToolCall, ToolResult, ToolSetup } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import type { config } from '../src/config.ts'
import entry from '../src/tool.ts'

type Config = Static<typeof config>

/** The tools over a real workspace in a folder of their own; disposing ends all that they started. */
export async function open(config: Config = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'openclaw-bash-')))
  const workspaces = openWorkspaces()
  const run = workspaces.open({ run: 'r1', session: 's1', plan: { root, media: join(root, '.media') } })
  const tools = new Map<string, Tool>()
  const register = (...added: readonly Tool[]) => {
    for (const tool of added) tools.set(tool.name, tool)
    return { [Symbol.dispose]: () => tools.clear() }
  }
  await entry.setup({ config, register } as ToolSetup<Config>)
  const progress: (readonly Content[])[] = []

  return {
    root,
    tools,
    progress,
    /** Calls a tool as the runtime does: what its schema refuses never reaches it. */
    async call(
      name: string,
      input: object,
      signal: AbortSignal = new AbortController().signal,
    ): Promise<ToolResult & { text: string }> {
      const tool = tools.get(name)
      if (!tool || !Value.Check(tool.input, input)) throw new Error(`${name} does not take ${JSON.stringify(input)}`)
      const workspace = run.forCall(signal)
      const call = {
        id: 'c1',
        run: 'r1',
        session: 's1',
        role: 'owner',
        signal,
        workspace,
        progress: (content: readonly Content[]) => void progress.push(content),
      }
      const result = await tool.run(input, call as unknown as ToolCall)
      await workspace.close()
      return { ...result, text: result.content.map((one) => (one.type === 'text' ? one.text : one.ref)).join('\n') }
    },
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]()
      await workspaces[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}
