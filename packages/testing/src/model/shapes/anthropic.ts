import { isObject, isText, object, objects, text, twice } from './read.ts'

const isThinking = ({ type }: Record<string, unknown>) => type === 'thinking' || type === 'redacted_thinking'

/**
 * What Anthropic would refuse in the body of `POST /v1/messages`, in words. Rules:
 * https://platform.claude.com/docs/en/api/messages, …/build-with-claude/extended-thinking, …/prompt-caching.
 */
export function anthropicProblems(body: unknown): string[] {
  const { messages, system, tools, max_tokens: most, thinking } = object(body)
  const problems: string[] = []
  const list = objects(messages)
  if (typeof most !== 'number' || most < 1) problems.push('max_tokens is missing')
  const { budget_tokens: budget } = object(thinking)
  if (budget !== undefined && !(Number(budget) >= 1024 && Number(budget) < Number(most)))
    problems.push(`budget_tokens is ${Number(budget)} of max_tokens ${Number(most)}`)
  if (list.length === 0) problems.push('there are no messages')
  if (list[0] && list[0].role !== 'user') problems.push('the first message is not the user’s')
  if (list.at(-1)?.role === 'assistant') problems.push('the last message is an assistant’s: a prefill')
  for (const block of objects(system)) if (!isText(block.text)) problems.push('a blank system text')
  const ids = new Set<string>()
  let open: string[] = []
  for (const [at, { role, content }] of list.entries()) {
    const where = `message ${at} (${String(role)})`
    const blocks = objects(content)
    if (role === list[at - 1]?.role) problems.push(`${where} follows one of its kind`)
    if (blocks.length === 0) problems.push(`${where} is empty`)
    const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id: id }) => text(id))
    if (results.toSorted().join() !== open.toSorted().join())
      problems.push(`${where} has results of [${results.join()}], and [${open.join()}] were due`)
    if (blocks.slice(results.length).some(({ type }) => type === 'tool_result'))
      problems.push(`${where}: results do not come first`)
    open = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => text(id))
    for (const block of blocks) {
      if (block.type === 'text' && !isText(block.text)) problems.push(`${where} has a blank text`)
      if (block.type === 'thinking' && !isText(block.signature)) problems.push(`${where} thinks without a signature`)
      if (block.type === 'redacted_thinking' && !isText(block.data)) problems.push(`${where}: redacted, without data`)
      if (isThinking(block) && block.cache_control) problems.push(`${where}: thinking is marked for the cache`)
      if (block.type !== 'tool_use') continue
      if (!/^[a-zA-Z0-9_-]+$/.test(text(block.id))) problems.push(`${where}: "${text(block.id)}" is no id`)
      if (ids.has(text(block.id))) problems.push(`${where}: the id ${text(block.id)} was used before`)
      ids.add(text(block.id))
      if (!/^[a-zA-Z0-9_-]{1,128}$/.test(text(block.name))) problems.push(`${where}: "${text(block.name)}" is no name`)
      if (!isObject(block.input)) problems.push(`${where}: the input of ${text(block.id)} is no object`)
    }
    if (role === 'assistant' && blocks.length > 0 && isThinking(blocks.at(-1)!))
      problems.push(`${where} ends with thinking`)
  }
  if (open.length > 0) problems.push(`calls without a result: ${open.join()}`)
  const step = objects(list.findLast(({ role }) => role === 'assistant')?.content)
  if (object(thinking).type === 'enabled' && step.some(({ type }) => type === 'tool_use') && !isThinking(step[0]!))
    problems.push('thinking is on, and the last step with calls does not begin with thinking')
  const marks = [...objects(system), ...objects(tools), ...list.flatMap(({ content }) => objects(content))]
  const marked = marks.filter(({ cache_control: mark }) => mark).length
  if (marked > 4) problems.push(`${marked} cache marks; at most 4 are taken`)
  if (twice(objects(tools).map(({ name }) => name))) problems.push('two tools have one name')
  for (const { name, input_schema: schema } of objects(tools))
    if (object(schema).type !== 'object') problems.push(`the input of the tool ${text(name)} is no object`)
  return problems
}
