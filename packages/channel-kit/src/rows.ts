import type { PhrasingContent, Table as MdTable, TableRow } from 'mdast'
import { allowedAddress, isAddressItself } from './address.ts'
import { addLeaf, boundsOf, clean, type Draft } from './draft.ts'
import { addInlines } from './inline.ts'
import { itemGap, wholeSign, type Block, type Inline, type Row } from './outline.ts'

/** Adds a table; one whose rows would fill a message is added as lines of text, with `|` between the cells. */
export function addTable(draft: Draft, node: MdTable): Block[] {
  const [head, ...body] = node.children
  if (!head) return []
  const width = head.children.length
  const titles = cellsOf(draft, head, width)
  const rows = [titles, ...body.map((row) => cellsOf(draft, row, width))]
  if (!rows.every((row) => draft.roomFor.row(titles, row))) return node.children.flatMap((row) => addLine(draft, row))

  const from = draft.text.length
  const children = rows.map((cells, nth): Row => {
    const at = draft.text.length
    draft.text += wholeSign + itemGap
    return { kind: 'row', cells, from: at, to: at + 1, ...boundsOf(draft, node.children[nth]!) }
  })
  const align = Array.from({ length: width }, (_, column) => node.align?.[column] ?? undefined)
  return [{ kind: 'table', align, head: children[0]!, children, from, to: draft.text.length, ...boundsOf(draft, node) }]
}

function cellsOf(draft: Draft, row: TableRow, width: number): string[] {
  return Array.from({ length: width }, (_, column) =>
    clean((row.children[column]?.children ?? []).map((node) => plainly(draft, node)).join(''))
      .replace(/\s+/g, ' ')
      .trim(),
  )
}

/** What is seen of a node without its marks; the address of a link is written out. */
function plainly(draft: Draft, node: PhrasingContent): string {
  const inner = () => ('children' in node ? node.children.map((child) => plainly(draft, child)).join('') : '')
  const linked = (shown: string, url = '') => {
    if (shown === '') return url
    return allowedAddress(url) === undefined || isAddressItself(shown, url) ? shown : `${shown} (${url})`
  }
  switch (node.type) {
    case 'text':
    case 'html':
    case 'inlineCode':
      return node.value
    case 'break':
      return ' '
    case 'link':
      return linked(inner(), node.url)
    case 'linkReference':
      return linked(inner(), draft.definitions.get(node.identifier))
    case 'image':
      return linked(node.alt ?? '', node.url)
    case 'imageReference':
      return linked(node.alt ?? '', draft.definitions.get(node.identifier))
    case 'footnoteReference':
      return `[${node.label ?? node.identifier}]`
    default:
      return inner()
  }
}

function addLine(draft: Draft, row: TableRow): Block[] {
  const from = draft.text.length
  const bounds = boundsOf(draft, row)
  const children = row.children.flatMap((cell, nth): Inline[] => {
    const between = nth === 0 ? undefined : addLeaf(draft, 'text', ' | ', boundsOf(draft, cell))
    return [...(between ? [between] : []), ...addInlines(draft, cell.children)]
  })
  if (children.length === 0) return []
  const to = draft.text.length
  draft.text += itemGap
  return [{ kind: 'paragraph', from, to, ...bounds, children }]
}
