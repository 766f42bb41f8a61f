import { isObjectJson, isText, object, objects, text, twice } from './read.ts'

/**
 * What OpenAI would refuse in the body of `POST /responses` that stores nothing, in words. Rules:
 * https://platform.openai.com/docs/api-reference/responses/create, …/docs/guides/reasoning.
 */
export function responsesProblems(body: unknown): string[] {
  const { model, input, tools, store } = object(body)
  const problems: string[] = []
  const items = objects(input)
  if (!isText(model)) problems.push('there is no model')
  if (store !== false) problems.push('the vendor would store it')
  if (!items.some(({ role }) => role === 'user')) problems.push('no item is the user’s')
  const ids = new Set<string>()
  const reasoned = new Set<string>()
  let open: string[] = []
  for (const [at, item] of items.entries()) {
    const where = `item ${at} (${text(item.type) || text(item.role)})`
    const next = items[at + 1]
    if (item.type === 'item_reference') problems.push(`${where} refers to what is not stored`)
    else if (item.type === 'reasoning') {
      if (!isText(item.encrypted_content)) problems.push(`${where} has no encrypted content`)
      if (item.id !== undefined && reasoned.has(text(item.id))) problems.push(`${where} comes twice`)
      reasoned.add(text(item.id))
      if (!Array.isArray(item.summary)) problems.push(`${where} has no summary`)
      const follows = next?.type === 'function_call' || next?.type === 'reasoning' || next?.role === 'assistant'
      if (!follows) problems.push(`${where} comes without the item that it led to`)
    } else if (item.type === 'function_call') {
      const id = text(item.call_id)
      if (id === '' || id.length > 64) problems.push(`${where}: "${id}" is no call id`)
      if (ids.has(id)) problems.push(`${where}: the call id ${id} was used before`)
      ids.add(id)
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(text(item.name))) problems.push(`${where}: "${text(item.name)}" is no name`)
      if (!isObjectJson(item.arguments)) problems.push(`${where}: the input of ${id} is no object`)
      open.push(id)
    } else if (item.type === 'function_call_output') {
      const id = text(item.call_id)
      if (!open.includes(id)) problems.push(`${where} answers ${id || 'nothing'}, and [${open.join()}] were due`)
      open = open.filter((due) => due !== id)
      if (!isText(item.output) && objects(item.output).length === 0) problems.push(`${where} is empty`)
    } else {
      // What the model said after its calls stands after them, as it came.
      if (open.length > 0 && item.role !== 'assistant')
        problems.push(`${where} comes before the results of ${open.join()}`)
      if (!['system', 'developer', 'user', 'assistant'].includes(text(item.role)))
        problems.push(`${where}: no such role`)
      const parts = objects(item.content)
      const said = parts.length > 0 && parts.every((part) => !('text' in part) || isText(part.text))
      if (!isText(item.content) && !said) problems.push(`${where} is empty`)
    }
  }
  if (open.length > 0) problems.push(`calls without a result: ${open.join()}`)
  if (items.at(-1)?.role === 'assistant') problems.push('the last item is the assistant’s')
  if (twice(objects(tools).map(({ name }) => name))) problems.push('two tools have one name')
  return problems
}
