import { pathTo, type Leaf, type Outline } from './outline.ts'

/** Where in the Markdown a position of the outline stands; before the signs of everything that begins there. */
export function sourceAt(outline: Outline, markdown: string, position: number): number {
  const path = pathTo(outline.root, position)
  const beginning = path.find((node) => node.kind !== 'root' && node.from === position)
  if (beginning) return beginning.start
  const last = path.at(-1)!
  if (last.kind !== 'text' && last.kind !== 'code' && last.kind !== 'fence') return last.start
  return follow(markdown, last, outline.text.slice(last.from, last.to), position - last.from)
}

/** Walks along the Markdown of a leaf while its text is read: over escapes, references, line ends and their indents. */
function follow(markdown: string, leaf: Leaf, text: string, length: number): number {
  // Nearly always it stands there as it is.
  if (markdown.startsWith(text, leaf.start)) return leaf.start + length
  let at = leaf.start
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(markdown)?.[0] ?? ''
    at += found.length
    return found
  }
  if (leaf.kind === 'code') skip(/`+/y)
  if (leaf.kind === 'fence') skip(/[`~]{3,}[^\r\n]*(?:\r\n|\r|\n)?/y)
  for (let index = 0; index < length && at < leaf.end; index++) {
    const char = text[index]
    if (char === '\n') {
      skip(/[ \t]*\\?(?:\r\n|\r|\n)/y)
    } else if (leaf.kind === 'text' && markdown[at] === '\\' && markdown[at + 1] === char) {
      at += 2
    } else {
      const sign = leaf.kind === 'text' ? skip(/&(?:#x?[\da-f]{1,7}|[a-z][\da-z]{1,31});/iy) : ''
      if (sign !== '' && !text.startsWith(sign, index)) continue
      at -= sign.length
      if (markdown[at] !== char) skip(/[ \t>]+|\r\n|[\r\n]/y)
      if (markdown[at] === char) at++
    }
  }
  return Math.min(at, leaf.end)
}
