import { isObject, isText, object, objects, text, twice } from './read.ts'

const kinds = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const

/**
 * What Gemini would refuse in the body of `POST …:streamGenerateContent`, in words. Rules:
 * https://ai.google.dev/api/generate-content, …/gemini-api/docs/function-calling, …/docs/thought-signatures.
 */
export function geminiProblems(body: unknown): string[] {
  const { contents, systemInstruction, tools } = object(body)
  const problems: string[] = []
  const list = objects(contents)
  if (list.length === 0) problems.push('there are no contents')
  if (list[0] && list[0].role !== 'user') problems.push('the first content is not the user’s')
  if (list.at(-1)?.role === 'model') problems.push('the last content is the model’s')
  if (systemInstruction && objects(object(systemInstruction).parts).some((part) => !isText(part.text)))
    problems.push('a blank system text')
  let open: string[] = []
  for (const [at, { role, parts }] of list.entries()) {
    const where = `content ${at} (${text(role)})`
    const pieces = objects(parts)
    if (role !== 'user' && role !== 'model') problems.push(`${where}: no such role`)
    if (role === 'model' && list[at - 1]?.role === 'model') problems.push(`${where} follows one of its kind`)
    if (pieces.length === 0) problems.push(`${where} is empty`)
    for (const piece of pieces) {
      const said = kinds.filter((kind) => piece[kind] !== undefined)
      if (said.length !== 1) problems.push(`${where}: a part holds ${said.join(' and ') || 'nothing'}`)
      if (piece.text !== undefined && !isText(piece.text) && !piece.thoughtSignature)
        problems.push(`${where} has a blank text`)
    }
    const key = (one: unknown) => `${text(object(one).id)} ${text(object(one).name)}`
    const results = pieces.flatMap(({ functionResponse }) => (functionResponse ? [key(functionResponse)] : []))
    if (results.join() !== open.join())
      problems.push(`${where} has results of [${results.join()}], and [${open.join()}] were due`)
    const calls = pieces.flatMap(({ functionCall }) => (functionCall ? [object(functionCall)] : []))
    if (calls.length > 0 && role !== 'model') problems.push(`${where} calls`)
    for (const { name, args } of calls) {
      if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(text(name))) problems.push(`${where}: "${text(name)}" is no name`)
      if (!isObject(args)) problems.push(`${where}: the input of ${text(name)} is no object`)
    }
    open = calls.map(key)
  }
  if (open.length > 0) problems.push(`calls without a result: ${open.join()}`)
  const names = objects(tools).flatMap((tool) => objects(tool.functionDeclarations).map(({ name }) => name))
  if (twice(names)) problems.push('two tools have one name')
  return problems
}
