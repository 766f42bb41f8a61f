import type { Definition, Nodes } from 'mdast'
import { addDocument } from './blocks.ts'
import { addLeaf, type Draft } from './draft.ts'
import { gap, type Block, type Outline } from './outline.ts'
import { parse } from './parse.ts'
import { proseIn } from './prose.ts'
import { sections, type Section } from './sections.ts'
import { isTangled } from './tangle.ts'

/** So much of a document is read as Markdown, in characters; what comes after is literal. No model writes so much. */
const readable = 64 * 1024

/** Makes the outline of a document. */
export function outlineOf(markdown: string, roomFor: Draft['roomFor']): Outline {
  const draft = blank(roomFor)
  const parts = sections(markdown)
  const definitions = parts.length > 1 ? definitionsIn(markdown) : ''
  return finish(
    draft,
    parts.flatMap((part) => addSection(draft, markdown, part, definitions)),
  )
}

/** The outline of a text that is shown as it stands. */
export function literalOutline(text: string, roomFor: Draft['roomFor']): Outline {
  const draft = blank(roomFor)
  return finish(draft, addLiteral(draft, text, 0))
}

function blank(roomFor: Draft['roomFor']): Draft {
  return { text: '', section: { start: 0, end: 0, shift: 0 }, definitions: new Map(), roomFor }
}

function finish({ text }: Draft, children: readonly Block[]): Outline {
  return { text, root: { kind: 'root', from: 0, to: text.length, start: 0, end: 0, children } }
}

function addSection(draft: Draft, markdown: string, part: Section, definitions: string): Block[] {
  const { start, end, reopened, open } = part
  const source = markdown.slice(start, end)
  const paragraphs = reopened === '' ? proseIn(source) : undefined
  if (paragraphs) return paragraphs.flatMap(({ text, at }) => addLiteral(draft, text, start + at))
  if (start >= readable || isTangled(reopened + source)) return addLiteral(draft, source, start)
  const tree = parse(reopened + source + (open ? '' : definitions))
  draft.section = { start, end, shift: start - reopened.length }
  // Of two definitions of a name the first counts.
  draft.definitions = new Map(
    definitionsOf(tree)
      .map(({ identifier, url }) => [identifier, url] as const)
      .reverse(),
  )
  return addDocument(draft, tree.children)
}

function addLiteral(draft: Draft, text: string, start: number): Block[] {
  const leaf = addLeaf(draft, 'text', text, { start, end: start + text.length })
  if (!leaf) return []
  draft.text += gap
  return [{ ...leaf, kind: 'paragraph', children: [leaf] }]
}

function definitionsOf(node: Nodes): Definition[] {
  if (node.type === 'definition') return [node]
  const holds = node.type === 'root' || node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem'
  return holds ? node.children.flatMap(definitionsOf) : []
}

/** The definitions of a long document, so that each of its sections knows them; at most 4,000 characters. */
function definitionsIn(markdown: string): string {
  let all = '\n'
  for (const [line] of markdown.matchAll(/(?<=^|\n) {0,3}\[(?!\^)[^\]\r\n]{1,200}\]:[ \t]*[^\s][^\r\n]*/g))
    if (all.length + line.length < 4_000) all += `\n${line}`
  return all.length === 1 ? '' : all
}
