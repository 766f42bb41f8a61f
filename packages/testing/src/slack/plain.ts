import type { Block } from './workspace.ts'

const spans: readonly (readonly [RegExp, string])[] = [
  [/```\n?([\s\S]*?)\n?```/g, '$1'],
  [/`([^`\n]+)`/g, '$1'],
  [/(?<![\w*])\*(?![\s\u200b*])([^*\n]*[^\s*])\*(?![\w*])/g, '$1'],
  [/(?<![\w_])_(?![\s\u200b_])([^_\n]*[^\s_])_(?![\w_])/g, '$1'],
  [/(?<![\w~])~(?![\s\u200b~])([^~\n]*[^\s~])~(?![\w~])/g, '$1'],
  [/<(?:https?:|mailto:)[^|>]+\|([^>]+)>/g, '$1'],
  [/<((?:https?:|mailto:)[^|>]+)>/g, '$1'],
  [/\u200b/g, ''],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&amp;/g, '&'],
]

/** Mrkdwn as people read it, with its marks taken away (https://docs.slack.dev/messaging/formatting-message-text). */
export function plain(mrkdwn: string): string {
  return spans.reduce((text, [mark, inner]) => text.replace(mark, inner), mrkdwn)
}

/** What people see of a message: its blocks, where it has some. */
export function visible(text: string, blocks: readonly Block[] | undefined): string {
  const sections = blocks?.flatMap((block) => (block.type === 'section' && block.text ? [block.text.text] : [])) ?? []
  return plain(sections.length > 0 ? sections.join('\n') : text)
}

/** What somebody typed, as Slack hands it to apps: escaped, with links in angle brackets. */
export function typed(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/https?:\/\/[^\s&]+/g, '<$&>')
}
