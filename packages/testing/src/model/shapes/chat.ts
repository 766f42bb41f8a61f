import { isObjectJson, isText, object, objects, text, twice } from './read.ts'

/**
 * What OpenAI, or a server that follows it, would refuse in the body of `POST /chat/completions`, in words. Rules:
 * https://platform.openai.com/docs/api-reference/chat/create.
 */
export function chatProblems(body: unknown): string[] {
  const { model, messages, tools, max_tokens: old, max_completion_tokens: most } = object(body)
  const problems: string[] = []
  const list = objects(messages)
  if (!isText(model)) problems.push('there is no model')
  if (old !== undefined && most !== undefined) problems.push('max_tokens under both its names')
  if (!list.some(({ role }) => role === 'user')) problems.push('no message is the user’s')
  if (list.at(-1)?.role === 'assistant') problems.push('the last message is the assistant’s')
  const ids = new Set<string>()
  let open: string[] = []
  for (const [at, message] of list.entries()) {
    const { role, content, tool_calls: calls } = message
    const where = `message ${at} (${text(role)})`
    if (role === 'tool') {
      const id = text(message.tool_call_id)
      if (!open.includes(id)) problems.push(`${where} answers ${id || 'nothing'}, and [${open.join()}] were due`)
      open = open.filter((due) => due !== id)
      if (!isText(content)) problems.push(`${where} is empty`)
      continue
    }
    if (open.length > 0) problems.push(`${where} comes before the results of ${open.join()}`)
    open = []
    if ((role === 'system' || role === 'developer') && at > 0) problems.push(`${where} is not the first`)
    if (!['system', 'developer', 'user', 'assistant'].includes(text(role))) problems.push(`${where}: no such role`)
    if (calls !== undefined && objects(calls).length === 0) problems.push(`${where} has an empty list of calls`)
    const parts = objects(content)
    const said =
      isText(content) || (parts.length > 0 && parts.every((part) => part.type !== 'text' || isText(part.text)))
    if (!said && objects(calls).length === 0) problems.push(`${where} is empty`)
    for (const call of objects(calls)) {
      const { name, arguments: input } = object(call.function)
      const id = text(call.id)
      if (id === '' || id.length > 40) problems.push(`${where}: "${id}" is no call id`)
      if (ids.has(id)) problems.push(`${where}: the call id ${id} was used before`)
      ids.add(id)
      if (call.type !== 'function') problems.push(`${where}: ${id} is no function call`)
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(text(name))) problems.push(`${where}: "${text(name)}" is no tool name`)
      if (!isObjectJson(input)) problems.push(`${where}: the input of ${id} is no object`)
      open.push(id)
    }
  }
  if (open.length > 0) problems.push(`calls without a result: ${open.join()}`)
  if (tools !== undefined && objects(tools).length === 0) problems.push('an empty list of tools')
  if (twice(objects(tools).map((tool) => object(tool.function).name))) problems.push('two tools have one name')
  return problems
}
