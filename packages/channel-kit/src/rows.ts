import type { PhrasingContent, Table as MdTable, TableRow } from 'mdast'
import { allowedAddress, isAddressItself } from './address.ts'
import { addLeaf, boundsOf, clean, type Draft } from './draft.ts'
import { itemGap, wholeSign, type Block, type Row } from './outline.ts'

/** Adds a table; one whose rows would fill a message is added as lines of text, with `|` between the cells. */
export function addTable(draft: Draft, node: MdTable): Block[] {
  const [head, ...body] = node.children
  if (!head) return []
  const width = head.children.length
  const titles = cellsOf(head, width)
  const rows = [titles, ...body.map((row) => cellsOf(row, width))]
  const bounds = (nth: number) => boundsOf(draft, node.children[nth]!)
  const from = draft.text.length
  const span = () => ({ from, to: draft.text.length, ...boundsOf(draft, node) })
  if (!rows.every((row) => draft.roomFor.row(titles, row))) {
    const lines = rows.flatMap((row, nth) => {
      const told = row.slice(0, row.findLastIndex((cell) => cell !== '') + 1)
      return addLeaf(draft, 'text', (nth === 0 ? '' : '\n') + told.join(' | '), bounds(nth)) ?? []
    })
    return [{ kind: 'paragraph', ...span(), children: lines }]
  }
  const children = rows.map((cells, nth): Row => {
    const at = draft.text.length
    draft.text += wholeSign + itemGap
    return { kind: 'row', cells, from: at, to: at + 1, ...bounds(nth) }
  })
  const align = Array.from({ length: width }, (_, column) => node.align?.[column] ?? undefined)
  return [{ kind: 'table', align, head: children[0]!, children, ...span() }]
}

function cellsOf(row: TableRow, width: number): string[] {
  return Array.from({ length: width }, (_, column) =>
    clean((row.children[column]?.children ?? []).map(plainly).join(''))
      .replace(/\s+/g, ' ')
      .trim(),
  )
}

/** What is seen of a node without its marks; the address of a link is written out. */
function plainly(node: PhrasingContent): string {
  const inner = () => ('children' in node ? node.children.map(plainly).join('') : '')
  const linked = (shown: string, url: string) => {
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
    case 'image':
      return linked(node.alt ?? '', node.url)
    case 'imageReference':
      return node.alt ?? ''
    case 'footnoteReference':
      return `[${node.label ?? node.identifier}]`
    default:
      return inner()
  }
}
