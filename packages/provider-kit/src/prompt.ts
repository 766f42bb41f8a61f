import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
} from '@ai-sdk/provider'
import type { ModelContent, ModelPart, ModelRequest, ModelTurn } from '@openclaw/sdk'
import { keptFor, type ProviderOptions } from './keeps.ts'

/** What differs between providers in how a conversation is written down. */
export interface PromptOptions {
  /**
   * Whether the model takes files of this type; one that it does not take is named in words, and text is always given as
   * text. Default: images and PDF.
   */
  readonly accepts?: (mime: string) => boolean
  /** Files in a tool's result stand in the result, or in a user message after it where results are text only (default). */
  readonly resultFiles?: 'result' | 'after'
  /**
   * Marks what an endpoint shall cache, where it wants that said: the tools, the system text and the ends of the last two
   * messages that are not the model's. A later request finds what the one before it left.
   */
  readonly cacheMark?: ProviderOptions
  /** Gives earlier thinking back even when the provider gave no `keep` with it. Default false: many endpoints refuse it. */
  readonly replayThinking?: boolean
}

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart

const acceptedByMost = (mime: string) => /^(image\/(png|jpeg|gif|webp)|application\/pdf)$/.test(mime)
const isText = (mime: string) => /^(text\/.*|application\/(json|xml|yaml))$/.test(mime)

/**
 * Writes a conversation as the AI SDK's prompt. The same turns give the same prompt, and a longer conversation begins
 * with the prompt of the shorter one. The runtime gives turns that every vendor takes (nothing empty, inputs are objects,
 * portable ids and names); here they only change their shape.
 */
export function writePrompt(
  request: Pick<ModelRequest, 'model' | 'system' | 'turns'>,
  options: PromptOptions = {},
): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = request.system.trim() ? [{ role: 'system', content: request.system }] : []
  const shown = (content: readonly ModelContent[]) =>
    content.map((one) => writeContent(one, options.accepts ?? acceptedByMost))
  let files: UserPart[] = []
  const flushFiles = () => {
    if (files.length > 0) addUser(prompt, files)
    files = []
  }
  for (const turn of request.turns) {
    if (turn.role === 'tool') {
      const { message, after } = writeResult(turn, shown(turn.content), options.resultFiles ?? 'after')
      addResult(prompt, message)
      files.push(...after)
      continue
    }
    flushFiles()
    if (turn.role === 'user') addUser(prompt, shown(turn.content))
    else addAssistant(prompt, turn.content, request.model, options.replayThinking ?? false)
  }
  flushFiles()
  if (options.cacheMark) markForCache(prompt, options.cacheMark)
  return prompt
}

function markForCache(prompt: LanguageModelV4Prompt, providerOptions: ProviderOptions): void {
  const system = prompt.filter(({ role }) => role === 'system')
  const asked = prompt.filter(({ role }) => role === 'user' || role === 'tool')
  for (const message of [...system, ...asked.slice(-2)]) message.providerOptions = providerOptions
}

/** The tools of a request as the AI SDK names them; undefined when there are none, which some endpoints insist on. */
export function writeTools(
  request: Pick<ModelRequest, 'tools'>,
  options: Pick<PromptOptions, 'cacheMark'> = {},
): LanguageModelV4CallOptions['tools'] {
  if (request.tools.length === 0) return undefined
  return request.tools.map(({ name, description, input }, at) => ({
    type: 'function',
    name,
    description,
    inputSchema: plain(input),
    ...(options.cacheMark && at === request.tools.length - 1 ? { providerOptions: options.cacheMark } : {}),
  }))
}

type Schema = Extract<NonNullable<LanguageModelV4CallOptions['tools']>[number], { type: 'function' }>['inputSchema']

/** A tool's schema never changes, so it is written once. */
const plainOnes = new WeakMap<object, Schema>()

/** A schema without what is not JSON: typebox marks its values with symbols and hidden fields. */
function plain(schema: object): Schema {
  let json = plainOnes.get(schema)
  if (!json) plainOnes.set(schema, (json = JSON.parse(JSON.stringify(schema)) as Schema))
  return json
}

function writeContent(content: ModelContent, accepts: (mime: string) => boolean): UserPart {
  if (content.type === 'text') return { type: 'text', text: content.text }
  if (isText(content.mime)) {
    const text = new TextDecoder().decode(content.bytes)
    return { type: 'text', text: `[file ${content.name ?? 'without a name'}, ${content.mime}]\n${text}` }
  }
  if (!accepts(content.mime)) {
    return {
      type: 'text',
      text: `[file ${content.name ?? 'without a name'}, ${content.mime}, ${content.bytes.length} bytes: this model cannot read it]`,
    }
  }
  return {
    type: 'file',
    mediaType: content.mime,
    data: { type: 'data', data: content.bytes },
    ...(content.name ? { filename: content.name } : {}),
  }
}

/** Some endpoints insist on turns that alternate, so files of tool results join the user's next words. */
function addUser(prompt: LanguageModelV4Prompt, parts: readonly UserPart[]): void {
  const last = prompt.at(-1)
  if (last?.role === 'user') last.content.push(...parts)
  else prompt.push({ role: 'user', content: [...parts] })
}

function addAssistant(
  prompt: LanguageModelV4Prompt,
  parts: readonly ModelPart[],
  model: string,
  replayThinking: boolean,
): void {
  const content = parts.flatMap((part) => writePart(part, keptFor(model, part.keep), replayThinking))
  // An answer of nothing but dropped thinking would be an empty message, which strict endpoints refuse.
  if (content.length > 0) prompt.push({ role: 'assistant', content })
}

type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]

function writePart(part: ModelPart, kept: ProviderOptions | undefined, replayThinking: boolean): AssistantPart[] {
  const own = kept ? { providerOptions: kept } : {}
  if (part.type === 'call') {
    return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.input, ...own }]
  }
  if (part.type === 'thinking')
    return kept || (replayThinking && part.text) ? [{ type: 'reasoning', text: part.text, ...own }] : []
  return part.text ? [{ type: 'text', text: part.text, ...own }] : []
}

function writeResult(
  turn: Extract<ModelTurn, { role: 'tool' }>,
  content: readonly UserPart[],
  place: 'result' | 'after',
) {
  const texts = content.filter((part) => part.type === 'text')
  const files = content.filter((part) => part.type === 'file')
  const head = { type: 'tool-result', toolCallId: turn.call, toolName: turn.name } as const
  if (files.length > 0 && place === 'result') {
    return { message: { ...head, output: { type: 'content' as const, value: [...content] } }, after: [] }
  }
  const note = files.length > 0 ? ['[its files follow in the next message]'] : []
  const text = [...texts.map((part) => part.text), ...note].join('\n') || '(no output)'
  const after: UserPart[] =
    files.length > 0 ? [{ type: 'text', text: `Files from the result of ${turn.name}:` }, ...files] : []
  return {
    message: { ...head, output: { type: turn.failed ? ('error-text' as const) : ('text' as const), value: text } },
    after,
  }
}

function addResult(
  prompt: LanguageModelV4Prompt,
  result: Extract<LanguageModelV4Message, { role: 'tool' }>['content'][number],
): void {
  const last = prompt.at(-1)
  if (last?.role === 'tool') last.content.push(result)
  else prompt.push({ role: 'tool', content: [result] })
}
