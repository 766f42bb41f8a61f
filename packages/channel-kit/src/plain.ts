import { isAddressItself } from './address.ts'
import type { Markup } from './markup.ts'
import { alignedTable } from './table.ts'

/** Wider tables are written as a line for each cell: a window that wraps them makes columns unreadable. */
const widest = 60

/** Text for platforms without markup. Code is as it is, addresses stand in parentheses after the text of a link. */
export const plainText: Markup = {
  text: (raw) => raw,
  strong: (inner) => inner,
  emphasis: (inner) => inner,
  strike: (inner) => inner,
  code: (raw) => raw,
  link: (inner, url) => (isAddressItself(inner, url) ? inner : `${inner} (${url})`),
  codeBlock: (raw) => raw,
  heading: (inner) => inner,
  quote: (inner) => inner.replace(/^/gm, '> '),
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '•' : `${index}.`} `,
  table(rows, align) {
    const aligned = alignedTable(rows, align)
    const [, ruler = ''] = aligned.split('\n', 2)
    return ruler.length > widest ? listed(rows) : aligned
  },
  rule: '———',
}

/** `header: value` for each cell, with an empty line between rows. */
function listed([head = [], ...body]: readonly (readonly string[])[]): string {
  if (body.length === 0) return head.join(', ')
  return body.map((row) => row.map((cell, column) => `${head[column]}: ${cell}`).join('\n')).join('\n\n')
}
