import { alignedTable, isAddressItself, type Markup } from '@openclaw/channel-kit'

/** Signs that mark something wherever they stand. */
const signs = /[\\*_~`|<[\]]/g
/** What would begin a heading, small print, a quote or a list. */
const lineStarts = /^([^\S\n]*\d*)((?<=\d)\.|(?<!\d)(?:#{1,3}|-#|>{1,3}|[-+]))(?=\s|$)/gm
/** Most text holds none of them, and looking for these alone is quick. */
const suspicious = /[\\*_~`|<[\]#>+.-]/

/** Discord's Markdown: https://support.discord.com/hc/en-us/articles/210298617-Markdown-Text-101 */
export const markup: Markup = {
  text: (raw) => (suspicious.test(raw) ? raw.replace(signs, '\\$&').replace(lineStarts, '$1\\$2') : raw),
  strong: (inner) => mark('**', inner),
  emphasis: (inner) => mark('*', inner),
  strike: (inner) => mark('~~', inner),
  code(raw) {
    const line = raw.replaceAll('\n', ' ')
    if (!line.includes('`')) return `\`${line}\``
    // Two signs on each side let single ones stand within; a pair would end it.
    return `\`\` ${line.replace(/`(?=`)/g, '`\u200B')} \`\``
  },
  link(inner, url) {
    const shown = inner.replace(/\\(?=[^a-z0-9\s])/gi, '')
    if (!/^https?:/i.test(url)) return isAddressItself(shown, url) ? inner : `${inner} (${markup.text(url)})`
    // In angle brackets no preview appears. Words that look like an address are not taken for the words of a link.
    return isAddressItself(shown, url) ? `<${url}>` : `[${inner}](<${url}>)`
  },
  codeBlock(raw, language = '') {
    // Three signs would end it, and a block with nothing in it is none.
    const code = raw.trim() === '' ? '\u200B' : raw.replace(/`{3,}/g, (run) => [...run].join('\u200B'))
    return `\`\`\`${language}\n${code}\n\`\`\``
  },
  heading: (inner, depth) => `${'#'.repeat(Math.min(depth, 3))} ${inner.replaceAll('\n', ' ')}`,
  // A quote within a quote would show its sign.
  quote: (inner) => inner.replace(/^(?:> )?/gm, '> '),
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '-' : `${index}.`} `,
  table: (rows, align) => markup.codeBlock(alignedTable(rows, align), undefined),
  rule: '─'.repeat(12),
}

/** Code and addresses, in which signs stand for themselves. */
const literal = /(`+)[^`]+\1|<[^>]*>/g

/**
 * Marks stand at words: around nothing, or with a space inside, they would show. Discord ends them at their own sign even
 * within code, and a line through words even at an escaped one, so that there they are left out.
 */
function mark(sign: '**' | '*' | '~~', inner: string): string {
  const words = inner.trim()
  const ends = sign === '~~' ? words.includes('~') : words.match(literal)?.some((part) => part.includes('*'))
  if (words === '' || ends) return inner
  const at = inner.indexOf(words)
  return `${inner.slice(0, at)}${sign}${words}${sign}${inner.slice(at + words.length)}`
}
