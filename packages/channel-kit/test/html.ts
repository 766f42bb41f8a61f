import { alignedTable, type Markup } from '../src/index.ts'

/** HTML with single letters as tags, so that what is closed and opened can be read. */
export const html: Markup = {
  text: (raw) => raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  strong: (inner) => `<b>${inner}</b>`,
  emphasis: (inner) => `<i>${inner}</i>`,
  strike: (inner) => `<s>${inner}</s>`,
  code: (raw) => `<c>${raw}</c>`,
  link: (inner, url) => `<a ${url}>${inner}</a>`,
  codeBlock: (raw, language) => `<pre${language ? ` ${language}` : ''}>${raw}</pre>`,
  heading: (inner, depth) => `<h${depth}>${inner}</h${depth}>`,
  quote: (inner) => `<q>${inner}</q>`,
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '-' : `${index}.`} `,
  table: (rows, align) => `<t>${alignedTable(rows, align)}</t>`,
  rule: '<hr>',
}
