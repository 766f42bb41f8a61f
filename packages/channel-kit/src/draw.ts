import type { Markup } from './markup.ts'
import { firstAfter, type Block, type Inline, type Item, type Node, type Outline, type Table } from './outline.ts'

type Drawn = Inline | Block | Item

/** Writes what lies between two positions of an outline; what is cut there is closed and opened again. */
export function draw(outline: Outline, from: number, to: number, markup: Markup): string {
  const { text } = outline
  const blockGap = markup.blockGap ?? '\n\n'

  const slice = (node: Node) => text.slice(Math.max(node.from, from), Math.min(node.to, to))
  function within<N extends Node>(children: readonly N[]): N[] {
    const first = firstAfter(children, from)
    let end = first
    while (end < children.length && children[end]!.from < to) end++
    return children.slice(first, end)
  }
  const each = (children: readonly Drawn[]) =>
    within(children)
      .map(one)
      .filter((drawn) => drawn !== '')
  const flow = (children: readonly Inline[]) => each(children).join('')
  const wrapped = (inner: string, wrap: (inner: string) => string) => (inner === '' ? '' : wrap(inner))

  function one(node: Drawn): string {
    switch (node.kind) {
      case 'text':
        return markup.text(slice(node))
      case 'code':
        return markup.code(slice(node))
      case 'fence':
        return markup.codeBlock(slice(node), node.language)
      case 'strong':
      case 'emphasis':
      case 'strike':
        return wrapped(flow(node.children), (inner) => markup[node.kind](inner))
      case 'link':
        // Of a link that is cut the last part leads somewhere: an address that is written out then stands once.
        return wrapped(flow(node.children), (inner) => (node.to <= to ? markup.link(inner, node.url) : inner))
      case 'paragraph':
        return flow(node.children)
      case 'heading':
        return wrapped(flow(node.children), (inner) => markup.heading(inner, node.depth))
      case 'root':
        return each(node.children).join(blockGap)
      case 'quote':
        return wrapped(each(node.children).join(blockGap), (inner) => markup.quote(inner))
      case 'list':
        return each(node.children).join('\n')
      case 'item':
        return item(node)
      case 'table':
        return table(node)
      case 'rule':
        return markup.rule
    }
  }

  function item(node: Item): string {
    const bullet = node.from >= from ? markup.bullet(node.depth, node.index) : ''
    const indent = '  '.repeat(node.depth + 1)
    const lines = within(node.children).flatMap((child, index) => {
      const drawn = one(child)
      if (drawn === '') return []
      if (child.kind !== 'paragraph' && child.kind !== 'heading')
        return [`${index === 0 && bullet ? '\n' : ''}${drawn}`]
      const indented = drawn.replaceAll('\n', `\n${indent}`)
      return [index === 0 ? indented : indent + indented]
    })
    const inner = lines.join('\n')
    return inner === '' || inner.startsWith('\n') ? bullet.trimEnd() + inner : bullet + inner
  }

  function table(node: Table): string {
    const rows = within(node.children)
    return markup.table(
      (rows[0] === node.head ? rows : [node.head, ...rows]).map((row) => row.cells),
      node.align,
    )
  }

  return one(outline.root)
}

/** The same markup with nothing but text: for pieces so small that the signs would not fit. */
export function bare(markup: Markup): Markup {
  const same = (inner: string) => inner
  const text = (raw: string) => markup.text(raw)
  return {
    text,
    strong: same,
    emphasis: same,
    strike: same,
    code: text,
    link: same,
    codeBlock: text,
    heading: same,
    quote: same,
    bullet: (_depth, index) => markup.bullet(0, index),
    table: (rows) => text(rows.map((row) => row.join(' | ')).join('\n')),
    rule: markup.rule,
    blockGap: '\n',
  }
}
