import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js'
import type { Content, ToolCall, ToolResult } from '@openclaw/sdk'

/**
 * What a server answered, as a tool result: text as it is, files attached, links named
 * (https://modelcontextprotocol.io/specification/2025-06-18/server/tools#tool-result). Strangers wrote all of it.
 */
export async function resultOf(
  { content, structuredContent, isError }: CallToolResult,
  call: Pick<ToolCall, 'attach'>,
): Promise<ToolResult> {
  const parts: Content[] = []
  for (const block of content) parts.push(await contentOf(block, call))
  if (parts.length === 0) parts.push({ type: 'text', text: JSON.stringify(structuredContent) ?? '(no output)' })
  return { content: parts, outside: true, ...(isError ? { failed: true } : {}) }
}

async function contentOf(block: ContentBlock, { attach }: Pick<ToolCall, 'attach'>): Promise<Content> {
  const text = (said: string): Content => ({ type: 'text', text: said })
  switch (block.type) {
    case 'text':
      return text(block.text)
    case 'image':
    case 'audio':
      return await attach(Buffer.from(block.data, 'base64'), block.mimeType)
    case 'resource_link':
      return text(`${block.name}: ${block.uri}${block.description ? ` (${block.description})` : ''}`)
    case 'resource': {
      const { resource } = block
      if ('text' in resource) return text(`${resource.uri}\n${resource.text}`)
      const name = resource.uri.split('/').at(-1)?.slice(-100)
      return await attach(Buffer.from(resource.blob, 'base64'), resource.mimeType ?? 'application/octet-stream', name)
    }
  }
}
