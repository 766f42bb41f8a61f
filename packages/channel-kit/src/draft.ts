import type { Node as MdNode } from 'mdast'
import type { Leaf } from './outline.ts'

/** An outline in the making. */
export interface Draft {
  text: string
  /** Bounds of the section at hand in the Markdown, and what leads from a position in its tree to one there. */
  section: { readonly start: number; readonly end: number; readonly shift: number }
  /** Addresses of link definitions. */
  definitions: ReadonlyMap<string, string>
  /** Whether what a link or a row of a table brings along leaves room for something else in a message. */
  readonly roomFor: { link(url: string): boolean; row(head: readonly string[], row: readonly string[]): boolean }
}

export function boundsOf(draft: Draft, node: MdNode): { start: number; end: number } {
  const { start, end, shift } = draft.section
  const inside = (offset: number | undefined) => Math.min(Math.max((offset ?? 0) + shift, start), end)
  return { start: inside(node.position?.start.offset), end: inside(node.position?.end.offset) }
}

/** Adds what is seen of a node; undefined when it is nothing. */
export function addLeaf<K extends Leaf['kind']>(
  draft: Draft,
  kind: K,
  value: string,
  bounds: { start: number; end: number },
): { kind: K; from: number; to: number; start: number; end: number } | undefined {
  if (value === '') return undefined
  const from = draft.text.length
  draft.text += clean(value)
  return { kind, from, to: draft.text.length, ...bounds }
}

/** Takes out what no platform shows, breaks protocols, or has a meaning in an outline. */
export function clean(value: string): string {
  return value
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, ' ')
}
