import type { FootnoteDefinition, ListItem, PhrasingContent, RootContent } from 'mdast'
import { addLeaf, boundsOf, type Draft } from './draft.ts'
import { addInlines } from './inline.ts'
import { bulletSign, gap, headingGap, itemGap, wholeSign, type Block, type Inline, type Item } from './outline.ts'
import { addTable } from './rows.ts'

/** Quotes and lists nested deeper than so look like this one: their signs must not fill the message. */
const deepest = 8

interface Place {
  readonly quotes: number
  readonly lists: number
}

/** Adds the blocks of a document. */
export function addDocument(draft: Draft, nodes: readonly RootContent[]): Block[] {
  return nodes.flatMap((node) => {
    const after = node.type === 'heading' ? headingGap : gap
    return separated(draft, after, () => addBlock(draft, node, { quotes: 0, lists: 0 }))
  })
}

function addInner(draft: Draft, nodes: readonly RootContent[], place: Place): Block[] {
  return nodes.flatMap((node) => separated(draft, itemGap, () => addBlock(draft, node, place)))
}

/** Ends what was added with a separator, if anything was. */
function separated<N>(draft: Draft, separator: string, add: () => N[]): N[] {
  const before = draft.text.length
  const added = add()
  if (draft.text.length > before) draft.text += separator
  return added
}

function addBlock(draft: Draft, node: RootContent, place: Place): Block[] {
  const from = draft.text.length
  const bounds = boundsOf(draft, node)
  const span = () => ({ from, to: draft.text.length, ...bounds })
  const paragraph = (children: readonly PhrasingContent[]): Block[] => {
    const added = addInlines(draft, children)
    return added.length === 0 ? [] : [{ kind: 'paragraph', ...span(), children: added }]
  }
  switch (node.type) {
    case 'paragraph':
      return paragraph(node.children)
    case 'heading': {
      const children = addInlines(draft, node.children)
      return children.length === 0 ? [] : [{ kind: 'heading', depth: node.depth, ...span(), children }]
    }
    case 'code': {
      const leaf = addLeaf(draft, 'fence', node.value, bounds)
      return leaf ? [{ ...leaf, language: /^[\w+#.-]{1,32}$/.exec(node.lang ?? '')?.[0] }] : []
    }
    case 'blockquote': {
      if (place.quotes >= deepest) return addInner(draft, node.children, place)
      const children = addInner(draft, node.children, { ...place, quotes: place.quotes + 1 })
      return children.length === 0 ? [] : [{ kind: 'quote', ...span(), children }]
    }
    case 'list': {
      const children = node.children.flatMap((item, nth) =>
        separated(draft, itemGap, () => [
          addItem(draft, item, node.ordered ? (node.start ?? 1) + nth : undefined, place),
        ]),
      )
      return [{ kind: 'list', ...span(), children }]
    }
    case 'thematicBreak':
      draft.text += wholeSign
      return [{ kind: 'rule', ...span() }]
    case 'table':
      return addTable(draft, node)
    case 'footnoteDefinition':
      return addLed(draft, `[${node.label ?? node.identifier}]: `, node, place)
    case 'definition':
    case 'yaml':
    case 'listItem':
    case 'tableRow':
    case 'tableCell':
      // Definitions are not seen; the others stand elsewhere.
      return []
    default:
      return paragraph([node])
  }
}

function addItem(draft: Draft, node: ListItem, index: number | undefined, place: Place): Item {
  const from = draft.text.length
  const bounds = boundsOf(draft, node)
  draft.text += bulletSign
  const task = typeof node.checked === 'boolean' ? `[${node.checked ? 'x' : ' '}] ` : ''
  const depth = Math.min(place.lists, deepest - 1)
  const children = addLed(draft, task, node, { ...place, lists: place.lists + 1 })
  return { kind: 'item', depth, index, from, to: draft.text.length, ...bounds, children }
}

/** Adds blocks, the first of which begins with a text. */
function addLed(draft: Draft, lead: string, node: ListItem | FootnoteDefinition, place: Place): Block[] {
  const { start } = boundsOf(draft, node)
  const leaf = addLeaf(draft, 'text', lead, { start, end: start })
  const [first, ...others] = addInner(draft, node.children, place)
  if (!leaf) return first ? [first, ...others] : []
  const led = (to: number, children: readonly Inline[]): Block => ({
    ...leaf,
    kind: 'paragraph',
    to,
    children: [leaf, ...children],
  })
  if (first?.kind === 'paragraph') return [led(first.to, first.children), ...others]
  return [led(leaf.to, []), ...(first ? [first] : []), ...others]
}
