import { closes, linesOf, opens, type Fence } from './lines.ts'

/** So many signs of marks and links in one paragraph, and so many nested blocks in one line, nobody writes. */
const most = { signs: 1500, nested: 32 }

/** Whether a text, outside of its code blocks, is such that parsing it would take quadratic time. */
export function isTangled(markdown: string): boolean {
  if (markdown.length < most.nested) return false
  let fence: Fence | undefined
  let signs = 0
  for (const { text } of linesOf(markdown)) {
    if (fence) {
      if (closes(text, fence)) fence = undefined
      continue
    }
    fence = opens(text)
    if (nested.test(text)) return true
    if (text.trim() === '') signs = 0
    for (const _ of text.matchAll(/\*+|_+|~+|[[\]]/g)) signs++
    if (signs > most.signs) return true
  }
  return false
}

const nested = new RegExp(String.raw`^(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){${most.nested}}`)
