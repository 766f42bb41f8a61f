import type { PhrasingContent } from 'mdast'
import { allowedAddress, isAddressItself } from './address.ts'
import { addLeaf, boundsOf, type Draft } from './draft.ts'
import type { Inline } from './outline.ts'

const marks = { strong: 'strong', emphasis: 'emphasis', delete: 'strike' } as const

/** Adds the content of a paragraph. `within` names the marks it stands in: none is nested in itself. */
export function addInlines(
  draft: Draft,
  nodes: readonly PhrasingContent[],
  within: readonly Inline['kind'][] = [],
): Inline[] {
  return nodes.flatMap((node) => addInline(draft, node, within))
}

function addInline(draft: Draft, node: PhrasingContent, within: readonly Inline['kind'][]): readonly Inline[] {
  const bounds = boundsOf(draft, node)
  const text = (value: string) => [addLeaf(draft, 'text', value, bounds) ?? []].flat()
  const inside = (kind: 'strong' | 'emphasis' | 'strike', children: readonly PhrasingContent[]): readonly Inline[] => {
    if (within.includes(kind)) return addInlines(draft, children, within)
    const from = draft.text.length
    const added = addInlines(draft, children, [...within, kind])
    return added.length === 0 ? [] : [{ kind, from, to: draft.text.length, ...bounds, children: added }]
  }
  const linked = (url: string, add: () => Inline[], named: boolean): readonly Inline[] => {
    const from = draft.text.length
    const added = add()
    if (added.length === 0) return text(url)
    if (within.includes('link')) return added
    const address = allowedAddress(url)
    if (address !== undefined && draft.roomFor.link(address))
      return [{ kind: 'link', url: address, from, to: draft.text.length, ...bounds, children: added }]
    // The address of a definition may be long and stand behind many links.
    const told = named || url === '' || isAddressItself(draft.text.slice(from), url)
    return told ? added : [...added, ...text(` (${url})`)]
  }

  switch (node.type) {
    case 'text':
    case 'html':
      return text(node.value)
    case 'inlineCode':
      return [addLeaf(draft, 'code', node.value, bounds) ?? []].flat()
    case 'break':
      return text('\n')
    case 'strong':
    case 'emphasis':
    case 'delete':
      return inside(marks[node.type], node.children)
    case 'link':
      return linked(node.url, () => addInlines(draft, node.children, [...within, 'link']), false)
    case 'image':
      return linked(node.url, () => [...text(node.alt ?? '')], false)
    case 'linkReference': {
      const url = draft.definitions.get(node.identifier) ?? ''
      return linked(url, () => addInlines(draft, node.children, [...within, 'link']), true)
    }
    case 'imageReference':
      return linked(draft.definitions.get(node.identifier) ?? '', () => [...text(node.alt ?? '')], true)
    case 'footnoteReference':
      return text(`[${node.label ?? node.identifier}]`)
  }
}
