import { defineTool, failure, type Effect, type Tool, type ToolCall, type ToolResult } from '@openclaw/sdk'
import Type, { type TSchema } from 'typebox'
import type { Described } from './catalog.ts'
import { resultOf } from './content.ts'
import { toolName } from './names.ts'
import type { Server } from './server.ts'

/** A server's tool under the name that the model has for it. */
interface Offered {
  readonly name: string
  readonly server: Server
  readonly tool: Described
  readonly effect: Effect
}

const longestDescription = 1000
const longestSubject = 500
const mostFound = 8

/** The tools of these servers: each as a tool, or, with more than `maxTools`, two to find and call them. */
export function offer(servers: readonly Server[], maxTools: number): readonly Tool[] {
  const offered = new Map<string, Offered>()
  for (const server of servers) {
    for (const tool of server.tools() ?? []) {
      const name = toolName(server.name, tool.name, (taken) => offered.has(taken))
      offered.set(name, { name, server, tool, effect: server.settings.effects?.[tool.name] ?? 'exec' })
    }
  }
  if (offered.size <= maxTools) return [...offered.values()].map(direct)
  return [find(offered), callFound(offered)]
}

function direct({ name, server, tool, effect }: Offered): Tool {
  return defineTool({
    name,
    description: describe(server, tool),
    input: schemaOf(tool) as TSchema,
    effect,
    subject: (input) => subjectOf(server, tool, input),
    run: (input, call) => run(server, tool, input, call),
  })
}

function find(offered: ReadonlyMap<string, Offered>): Tool {
  const names = new Set([...offered.values()].map(({ server }) => server.name))
  return defineTool({
    name: 'mcp_find',
    description: `Find one of ${offered.size} tools of the servers ${[...names].join(', ')}, with its input. Call it with mcp_call.`,
    input: Type.Object(
      { query: Type.String({ description: 'Words of what it does or of its name; empty for all names.' }) },
      { additionalProperties: false },
    ),
    effect: 'read',
    subject: ({ query }) => query || 'all tools',
    async run({ query }) {
      const words = query
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .filter(Boolean)
      if (words.length === 0) return say([...offered.keys()].join('\n'))
      const found = [...offered.values()]
        .map((one) => ({ one, score: score(one, words) }))
        .filter(({ score: good }) => good > 0)
        .toSorted((a, b) => b.score - a.score)
        .slice(0, mostFound)
      if (found.length === 0) return say(`None fits "${query}". There is:\n${[...offered.keys()].join('\n')}`)
      return say(
        found
          .map(
            ({ one: { name, server, tool } }) =>
              `${name}: ${describe(server, tool)}\ninput: ${JSON.stringify(schemaOf(tool))}`,
          )
          .join('\n\n'),
      )
    },
  })
}

function callFound(offered: ReadonlyMap<string, Offered>): Tool {
  return defineTool({
    name: 'mcp_call',
    description: 'Call a tool that mcp_find found.',
    input: Type.Object(
      { tool: Type.String(), input: Type.Record(Type.String(), Type.Unknown()) },
      { additionalProperties: false },
    ),
    effect: 'exec',
    effectOf: ({ tool }) => offered.get(tool)?.effect ?? 'exec',
    calls: ({ tool }) => tool,
    subject({ tool, input }) {
      const found = offered.get(tool)
      return found ? subjectOf(found.server, found.tool, input) : tool
    },
    async run({ tool: name, input }, call) {
      const found = offered.get(name)
      if (!found) throw failure('not_found', `there is no tool "${name}"; mcp_find shows what there is`)
      return await run(found.server, found.tool, input, call)
    },
  })
}

async function run(server: Server, tool: Described, input: unknown, call: ToolCall): Promise<ToolResult> {
  const result = await server.call(tool.name, (input ?? {}) as Record<string, unknown>, {
    signal: call.signal,
    onProgress({ progress, total, message }) {
      const count = total === undefined ? String(progress) : `${progress}/${total}`
      call.progress([{ type: 'text', text: message ? `${message} (${count})` : count }])
    },
  })
  return await resultOf(result, call)
}

function describe({ name }: Server, tool: Described): string {
  return tool.description.trim().slice(0, longestDescription) || `${tool.name} of the server ${name}.`
}

/**
 * Providers want an object, and none of them the name of the dialect. A pattern that is none here would make every call
 * fail; the server checks it by itself.
 */
function schemaOf({ input: { $schema: _, ...schema } }: Described): Readonly<Record<string, unknown>> {
  const mended = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'pattern' && typeof value === 'string' && !isPattern(value) ? undefined : value,
  ) as Record<string, unknown>
  return { properties: {}, ...mended, type: 'object' }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}

/** What a person is asked to allow. */
function subjectOf({ name }: Server, tool: Described, input: unknown): string {
  const text = `${name} ${tool.name} ${JSON.stringify(input)}`
  return text.length > longestSubject ? `${text.slice(0, longestSubject)}…` : text
}

function score({ name, tool }: Offered, words: readonly string[]): number {
  const about = tool.description.toLowerCase()
  return words.reduce((sum, word) => sum + (name.includes(word) ? 3 : 0) + (about.includes(word) ? 1 : 0), 0)
}

function say(text: string): ToolResult {
  return { content: [{ type: 'text', text }], outside: true }
}
