import { isProbablyReaderable, Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import TurndownService from 'turndown'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'

/** A page as the model reads it. */
export interface Page {
  readonly title: string
  readonly markdown: string
}

/** An element or a document, as far as it is used here; the DOM of browsers is not among our types. */
interface Node {
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  remove(): void
  closest(selector: string): Node | null
  querySelector(selector: string): Node | null
  querySelectorAll(selector: string): Iterable<Node> & { readonly length: number }
}

/** What says nothing to a reader, and what stands around an article. */
const noise = 'script, style, noscript, template, iframe, svg, canvas, object, embed'
const around = 'nav, header, footer, aside, form, [hidden], [aria-hidden="true"]'

/** The thread that `readPage` starts: reads one page and ends. */
if (!isMainThread) parentPort!.postMessage(read(workerData as { html: string; url: string }))

/** The article of a page where it has one, else all that it says, as Markdown with whole addresses. */
export function read({ html, url }: { readonly html: string; readonly url: string }): Page {
  // The parser does not add what a page leaves out.
  const whole = /<html[\s>]/i.test(html) ? html : `<!doctype html><html><head></head><body>${html}</body></html>`
  const { document } = parseHTML(whole)
  for (const one of document.querySelectorAll(noise)) one.remove()
  const title = document.querySelector('title')?.textContent?.trim() ?? ''
  makeWhole(document, URL.parse(document.querySelector('base')?.getAttribute('href') ?? '', url)?.href ?? url)
  const article = isProbablyReaderable(document)
    ? new Readability(document.cloneNode(true), { serializer: (node) => node, keepClasses: true }).parse()
    : null
  if (!article?.content) for (const one of document.querySelectorAll(`title, ${around}`)) one.remove()
  return {
    title: article?.title?.trim() || title,
    markdown: markdown()
      .turndown(article?.content ?? document.body)
      .trim(),
  }
}

/** Later nobody knows any more where the page was. */
function makeWhole(document: Node, base: string): void {
  for (const [tag, name] of [
    ['a', 'href'],
    ['img', 'src'],
  ] as const) {
    for (const one of document.querySelectorAll(`${tag}[${name}]`)) {
      const whole = URL.parse(one.getAttribute(name) ?? '', base)
      if (whole && /^(?:https?|mailto):$/.test(whole.protocol)) one.setAttribute(name, whole.href)
      else one.removeAttribute(name)
    }
  }
}

function markdown(): TurndownService {
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' })
  // The model reads it, no renderer does: backslashes would only stand in the way, in addresses too.
  service.escape = (text) => text
  service.addRule('image', {
    filter: 'img',
    replacement: (_text, node) => {
      const image = node as Node
      const alt = image.getAttribute('alt')?.trim()
      return alt ? `![${alt}](${image.getAttribute('src') ?? ''})` : ''
    },
  })
  service.addRule('cell', {
    filter: ['td', 'th'],
    replacement: (text) => ` ${text.trim().replace(/\s*\n\s*/g, ' ')} |`,
  })
  service.addRule('row', {
    filter: 'tr',
    replacement(text, node) {
      const row = node as Node
      const columns = row.querySelectorAll('th, td').length
      const first = row.closest('table')?.querySelector('tr') === row
      return `|${text}\n${first ? `|${' --- |'.repeat(columns)}\n` : ''}`
    },
  })
  service.addRule('table', { filter: 'table', replacement: (text) => `\n\n${text.trim()}\n\n` })
  service.addRule('rows', { filter: ['thead', 'tbody', 'tfoot'], replacement: (text) => text })
  return service
}
