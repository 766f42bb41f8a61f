import { alignedTable, type Markup } from '@openclaw/channel-kit'

/** Discord's Markdown: https://support.discord.com/hc/en-us/articles/210298617-Markdown-Text-101 */
export const markup: Markup = {
  text: (raw) =>
    raw
      .replace(/[\\*_~`|<[\]]/g, '\\$&')
      .replace(/^(\s*)(#{1,3}|-#|>{1,3}|[-+])(?=\s)/gm, '$1\\$2')
      .replace(/^(\s*\d+)\.(?=\s)/gm, '$1\\.'),
  strong: (inner) => `**${inner}**`,
  emphasis: (inner) => `*${inner}*`,
  strike: (inner) => `~~${inner}~~`,
  code(raw) {
    const line = raw.replaceAll('\n', ' ')
    if (!line.includes('`')) return `\`${line}\``
    // Two signs on each side let single ones stand within; a pair would end it.
    return `\`\` ${line.replaceAll('``', '`\u200B`')} \`\``
  },
  link(inner, url) {
    const words = inner.replace(/\\(?=[^\w\s])/g, '')
    const safe = url.replace(/[<>\s]/g, encodeURIComponent)
    // Only these can carry words, and words that look like an address are not taken for any.
    if (!/^https?:/i.test(url))
      return url.replace(/^(mailto|tel):/i, '') === words ? inner : `${inner} (${markup.text(url)})`
    // In angle brackets no preview appears.
    return /^https?:/i.test(words) || words === '' ? `<${safe}>` : `[${inner}](<${safe}>)`
  },
  codeBlock: (raw, language) => `\`\`\`${language ?? ''}\n${raw.replaceAll('```', '`\u200B`\u200B`')}\n\`\`\``,
  heading: (inner, depth) => `${'#'.repeat(Math.min(depth, 3))} ${inner.replaceAll('\n', ' ')}`,
  // A quote within a quote would show its sign.
  quote: (inner) => inner.replace(/^(?:> )?/gm, '> '),
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '-' : `${index}.`} `,
  table: (rows, align) => markup.codeBlock(alignedTable(rows, align), undefined),
  rule: '─'.repeat(12),
}
