import type { ModelRequest } from '@openclaw/sdk'

/**
 * What a strict provider would refuse in a request, in words; nothing when all of them would take it. Rules of the
 * Anthropic, OpenAI and Gemini APIs taken together: https://docs.anthropic.com/en/api/messages,
 * https://platform.openai.com/docs/api-reference/chat, https://ai.google.dev/api/generate-content.
 */
export function requestProblems({ turns, tools }: Pick<ModelRequest, 'turns' | 'tools'>): string[] {
  const problems: string[] = []
  const ids = new Set<string>()
  let open: { id: string; name: string }[] = []
  if (turns.length === 0) problems.push('there are no turns')
  if (turns.length > 0 && turns[0]!.role !== 'user') problems.push('the first turn is not a user turn')
  if (turns.at(-1)?.role === 'assistant') problems.push('the last turn is an assistant turn')
  for (const [at, turn] of turns.entries()) {
    const where = `turn ${at} (${turn.role})`
    const before = turns[at - 1]?.role
    if (turn.content.length === 0) problems.push(`${where} is empty`)
    for (const part of turn.content)
      if (part.type === 'text' && !part.text.trim()) problems.push(`${where} has a blank text`)
    if (turn.role === 'tool') {
      const [next] = open
      if (!next) problems.push(`${where} answers no call`)
      else if (next.id !== turn.call) problems.push(`${where} answers ${turn.call}, and ${next.id} was due`)
      else if (next.name !== turn.name) problems.push(`${where} names ${turn.name} for a call of ${next.name}`)
      open = open.slice(1)
      continue
    }
    if (open.length > 0) problems.push(`${where} comes before the results of ${open.map(({ id }) => id).join(', ')}`)
    open = []
    if (before === turn.role) problems.push(`${where} follows a turn of its kind`)
    if (turn.role === 'user') continue
    const calls = turn.content.filter((part) => part.type === 'call')
    if (!turn.content.some((part) => part.type !== 'thinking')) problems.push(`${where} only thinks`)
    if (turn.content.at(-1)?.type === 'thinking') problems.push(`${where} ends with thinking`)
    for (const { id, name, input } of calls) {
      if (!/^[a-zA-Z0-9_-]{1,40}$/.test(id)) problems.push(`${where}: "${id}" is no call id`)
      if (ids.has(id)) problems.push(`${where}: the call id ${id} was used before`)
      ids.add(id)
      if (!/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/.test(name)) problems.push(`${where}: "${name}" is no tool name`)
      if (typeof input !== 'object' || input === null || Array.isArray(input))
        problems.push(`${where}: the input of ${id} is no object`)
      open.push({ id, name })
    }
  }
  if (open.length > 0) problems.push(`calls without a result: ${open.map(({ id }) => id).join(', ')}`)
  const names = tools.map(({ name }) => name)
  if (new Set(names).size < names.length) problems.push('two tools have one name')
  return problems
}
