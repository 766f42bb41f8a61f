import { alignedTable, plainText, type Markup } from '@openclaw/channel-kit'
import { markupConformance } from '../src/markup/markupSuite.ts'

const escape = (raw: string) => raw.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** HTML in full, where every cut that forgets to close something shows. */
const html: Markup = {
  text: escape,
  strong: (inner) => `<b>${inner}</b>`,
  emphasis: (inner) => `<i>${inner}</i>`,
  strike: (inner) => `<s>${inner}</s>`,
  code: (raw) => `<code>${escape(raw)}</code>`,
  link: (inner, url) => `<a href="${escape(url)}">${inner}</a>`,
  codeBlock: (raw, language) => `<pre class="${language ?? ''}">${escape(raw)}</pre>`,
  heading: (inner, depth) => `<h${depth}>${inner}</h${depth}>`,
  quote: (inner) => `<blockquote>${inner}</blockquote>`,
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '•' : `${index}.`} `,
  table: (rows, align) => `<pre>${escape(alignedTable(rows, align))}</pre>`,
  rule: '———',
}

function balanced(rendered: string): boolean {
  const open: string[] = []
  for (const [, end, tag] of rendered.matchAll(/<(\/?)([a-z]+\d?)[^>]*>/g)) {
    if (!end) open.push(tag!)
    else if (open.pop() !== tag) return false
  }
  return open.length === 0
}

markupConformance({
  name: 'plain text by bytes',
  markup: plainText,
  limit: { max: 400, unit: 'bytes' },
  visible: (text) => text,
})

markupConformance({
  name: 'HTML by code points',
  markup: html,
  limit: { max: 4096, unit: 'codepoints' },
  visible: (text) =>
    text.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
  balanced,
})
