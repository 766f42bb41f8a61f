import type { Model } from '@openclaw/provider-kit'

type Prompt = Parameters<Model['doStream']>[0]['prompt']
type Part = Extract<Prompt[number], { content: unknown[] }>['content'][number]

/** A message of a request to `/api/chat`. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly thinking?: string
  /** Bytes in base64. */
  readonly images?: readonly string[]
  readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: unknown } }[]
  readonly tool_name?: string
}

/** Writes a conversation as Ollama's messages: https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion. */
export function writeMessages(prompt: Prompt): ChatMessage[] {
  return prompt.flatMap((message): ChatMessage[] => {
    if (message.role === 'system') return [{ role: 'system', content: message.content }]
    if (message.role === 'tool') return message.content.flatMap(writeResult)
    const images = message.content.flatMap(imageOf)
    const thinking = textOf(message.content, 'reasoning')
    const calls = message.content.flatMap((part) =>
      part.type === 'tool-call' ? [{ function: { name: part.toolName, arguments: part.input } }] : [],
    )
    return [
      {
        role: message.role,
        content: textOf(message.content, 'text'),
        ...(thinking ? { thinking } : {}),
        ...(images.length > 0 ? { images } : {}),
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      },
    ]
  })
}

function writeResult(part: Extract<Part, { type: 'tool-result' }> | { type: 'tool-approval-response' }): ChatMessage[] {
  if (part.type !== 'tool-result') return []
  const { output } = part
  const content = output.type === 'text' || output.type === 'error-text' ? output.value : JSON.stringify(output)
  return [{ role: 'tool', content, tool_name: part.toolName }]
}

function textOf(parts: readonly Part[], type: 'text' | 'reasoning'): string {
  return parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('\n')
}

function imageOf(part: Part): string[] {
  if (part.type !== 'file' || part.data.type !== 'data') return []
  const { data } = part.data
  return [typeof data === 'string' ? data : Buffer.from(data).toString('base64')]
}
