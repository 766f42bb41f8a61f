import type { ModelRequest, ModelTurn } from '@openclaw/sdk'

/** What a person typed, when it is one of the few commands. */
export type Command =
  | { readonly type: 'call'; readonly tool: 'bash'; readonly input: { readonly command: string } }
  | { readonly type: 'call'; readonly tool: 'read'; readonly input: { readonly path: string } }
  | { readonly type: 'tools' }
  | { readonly type: 'help' }

/**
 * Reads a typed command. The whole message must be the command: nothing is looked for inside a longer text.
 * `run CMD` and `!CMD` are also how the gateway recognises a command that the owner typed themselves.
 */
export function readCommand(said: string): Command | undefined {
  const text = said.trim()
  const run = /^(?:run\s+|!\s*)([\s\S]+)$/i.exec(text)?.[1]
  if (run) return { type: 'call', tool: 'bash', input: { command: run.trim() } }
  const path = /^read\s+(\S.*)$/i.exec(text)?.[1]
  if (path) return { type: 'call', tool: 'read', input: { path } }
  if (/^\/?tools$/i.test(text)) return { type: 'tools' }
  if (/^\/?(help|\?)$/i.test(text)) return { type: 'help' }
  return undefined
}

/**
 * The command of a request, if there is one: from the latest user message alone, and only where the owner types
 * themselves. The runtime may put several messages into one turn, the latest last; a message's files come after its
 * text, and a message that has some is no command.
 */
export function commandOf(request: Pick<ModelRequest, 'turns' | 'local'>): Command | undefined {
  const last = request.turns.at(-1)
  if (!request.local || last?.role !== 'user') return undefined
  const said = last.content.at(-1)
  return said?.type === 'text' ? readCommand(said.text) : undefined
}

/** The results that came after the last assistant turn; empty unless the conversation ends with them. */
export function lastResults(turns: readonly ModelTurn[]): readonly Extract<ModelTurn, { role: 'tool' }>[] {
  const results = []
  for (const turn of turns.toReversed()) {
    if (turn.role !== 'tool') break
    results.push(turn)
  }
  return results.reverse()
}
