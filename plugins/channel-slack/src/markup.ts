import { alignedTable, type Markup } from '@openclaw/channel-kit'
import { encode } from './decode.ts'

/** Where a mark of Slack's would begin: it stands free on its left and touches a word on its right. */
const mark = /(^|[^\p{L}\p{N}])([*_~])(?=[^\s*_~])/gu
const breaker = '\u200b'

/**
 * Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text). It has no way of escaping its marks, so that
 * an invisible space after one keeps it from beginning something.
 */
export const mrkdwn: Markup = {
  text: (raw) => encode(raw).replace(mark, `$1$2${breaker}`).replaceAll('`', `\`${breaker}`),
  strong: (inner) => wrap('*', inner),
  emphasis: (inner) => wrap('_', inner),
  strike: (inner) => wrap('~', inner),
  code: (raw) => `\`${encode(raw).replaceAll('`', 'ˋ')}\``,
  link: (inner, url) => {
    // An address ends at the first bar or bracket, so that those are written as what they stand for.
    const address = encode(url).replaceAll('|', '%7C')
    return inner === encode(url) ? `<${address}>` : `<${address}|${inner.replaceAll('\n', ' ')}>`
  },
  codeBlock: (raw) => fence(raw),
  heading: (inner) => (inner.includes('*') ? inner : wrap('*', inner)),
  quote: (inner) => inner.replace(/^/gm, '> '),
  bullet: (depth, index) => `${'    '.repeat(depth)}${index === undefined ? (depth % 2 ? '◦' : '•') : `${index}.`} `,
  table: (rows, align) => fence(alignedTable(rows, align)),
  rule: '———',
}

/** A block of code, which ends at the first three backticks. */
const fence = (raw: string) => `\`\`\`\n${encode(raw).replace(/`(?=``)/g, `\`${breaker}`)}\n\`\`\``

/** A mark counts only where it touches what it marks. */
function wrap(sign: string, inner: string): string {
  const [, before = '', core = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(inner) ?? []
  if (!core) return inner
  // It does not reach over a line's end.
  return `${before}${core
    .split('\n')
    .map((line) => (line.trim() ? `${sign}${line.trim()}${sign}` : line))
    .join('\n')}${after}`
}
