import type { Markup } from './markup.ts'
import { alignedTable } from './table.ts'

/** For platforms without markup. */
export const plainText: Markup = {
  text: (raw) => raw,
  strong: (inner) => inner,
  emphasis: (inner) => inner,
  strike: (inner) => inner,
  code: (raw) => raw,
  link: (inner, url) => (inner === url ? url : `${inner} (${url})`),
  codeBlock: (raw) => raw,
  heading: (inner) => inner,
  quote: (inner) => inner.replace(/^/gm, '> '),
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '•' : `${index}.`} `,
  table: alignedTable,
  rule: '———',
}
