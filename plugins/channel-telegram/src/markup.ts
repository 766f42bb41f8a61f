import { alignedTable, type Markup } from '@openclaw/channel-kit'

/** Telegram's HTML (https://core.telegram.org/bots/api#html-style). */
export const html: Markup = {
  text: escape,
  strong: (inner) => `<b>${inner}</b>`,
  emphasis: (inner) => `<i>${inner}</i>`,
  strike: (inner) => `<s>${inner}</s>`,
  code: (raw) => `<code>${escape(raw)}</code>`,
  link: (inner, url) => `<a href="${escape(url).replaceAll('"', '&quot;')}">${inner}</a>`,
  codeBlock: (raw, language) =>
    language === undefined
      ? `<pre>${escape(raw)}</pre>`
      : `<pre><code class="language-${language}">${escape(raw)}</code></pre>`,
  heading: (inner) => `<b>${without('b', inner)}</b>`,
  // Telegram knows no quote within a quote.
  quote: (inner) => `<blockquote>${without('blockquote', inner)}</blockquote>`,
  bullet: (depth, index) => `${'  '.repeat(depth)}${index === undefined ? '•' : `${index}.`} `,
  table: (rows, align) => `<pre>${escape(alignedTable(rows, align))}</pre>`,
  rule: '———',
}

function escape(raw: string): string {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function without(tag: string, inner: string): string {
  return inner.replaceAll(new RegExp(`</?${tag}>`, 'g'), '')
}

/** The words of a text in this markup, for when Telegram could not read it. */
export function plainOf(text: string): string {
  return text
    .replaceAll(/<\/?[a-z][^<>]*>/gi, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
