import type { Align } from './markup.ts'

/**
 * A document as what is seen of it: one text, and the tree of what its parts mean. Everything that cuts looks at the
 * text only; what separates blocks, items and rows stands in it as control characters, which no source can bring in.
 */
export interface Outline {
  readonly text: string
  readonly root: Block
}

/** After a block of the document; after a heading, which stays with what follows; after an item, a row or an inner block. */
export const gap = '\x1d'
export const headingGap = '\x1f'
export const itemGap = '\x1e'
/** Stands for the bullet of an item. */
export const bulletSign = '\x01'
/** Stands for what is drawn as a whole: a row of a table, a rule. */
export const wholeSign = '\x02'

interface Span {
  /** Bounds in the outline's text. */
  readonly from: number
  readonly to: number
  /** Bounds in the Markdown, signs included. */
  readonly start: number
  readonly end: number
}

export type Leaf = Span &
  ({ readonly kind: 'text' | 'code' } | { readonly kind: 'fence'; readonly language: string | undefined })

export type Inline =
  | (Leaf & { readonly kind: 'text' | 'code' })
  | (Span & { readonly kind: 'strong' | 'emphasis' | 'strike'; readonly children: readonly Inline[] })
  | (Span & { readonly kind: 'link'; readonly url: string; readonly children: readonly Inline[] })

export type Block =
  | (Leaf & { readonly kind: 'fence' })
  | (Span & { readonly kind: 'rule' })
  | (Span & { readonly kind: 'paragraph'; readonly children: readonly Inline[] })
  | (Span & { readonly kind: 'heading'; readonly depth: number; readonly children: readonly Inline[] })
  | (Span & { readonly kind: 'root' | 'quote'; readonly children: readonly Block[] })
  | (Span & { readonly kind: 'list'; readonly children: readonly Item[] })
  | Table

export type Item = Span & {
  readonly kind: 'item'
  readonly depth: number
  readonly index: number | undefined
  readonly children: readonly Block[]
}

export type Table = Span & {
  readonly kind: 'table'
  readonly align: readonly Align[]
  /** The first row is the header. */
  readonly children: readonly Row[]
  readonly head: Row
}

export type Row = Span & { readonly kind: 'row'; readonly cells: readonly string[] }

export type Node = Inline | Block | Item | Row

/** The index of the first child that ends after a position. */
export function firstAfter(children: readonly Node[], position: number): number {
  let low = 0
  let high = children.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (children[middle]!.to <= position) low = middle + 1
    else high = middle
  }
  return low
}

/** The nodes that hold a position, outermost first. */
export function pathTo(root: Node, position: number): Node[] {
  const path = [root]
  for (let node: Node | undefined = root; node && 'children' in node;) {
    const children: readonly Node[] = node.children
    node = children[firstAfter(children, position)]
    if (!node || node.from > position) break
    path.push(node)
  }
  return path
}
