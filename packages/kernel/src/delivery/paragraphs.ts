/** Finds the finished paragraphs of a Markdown text that grows. */
export interface Paragraphs {
  add(delta: string): void
  /**
   * All that is finished and was not dropped: it ends before a line that begins a new paragraph. A code fence, and what
   * is indented below an item of a list, stay in one piece.
   */
  finished(): string
  /** Forgets so much of the beginning: what `finished` gave. */
  drop(length: number): void
}

/** Opens and closes fences (https://spec.commonmark.org/0.31.2/#fenced-code-blocks), also in quotes and lists. */
const opening = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})/
const closing = /^[\s>]*(`{3,}|~{3,})\s*$/

/** Reads every line once, however small the pieces are in which it comes. */
export function openParagraphs(): Paragraphs {
  let text = ''
  /** Where the line begins that is not read yet, and how far its end was looked for. */
  let line = 0
  let looked = 0
  let finished = 0
  let afterBlank = false
  let fence = ''

  function read(content: string) {
    afterBlank = content.trim() === ''
    if (fence === '') {
      fence = opening.exec(content)?.[1] ?? ''
      return
    }
    const mark = closing.exec(content)?.[1]
    if (mark?.startsWith(fence)) fence = ''
  }

  return {
    add(delta) {
      text += delta
      for (;;) {
        if (afterBlank && fence === '' && /\S/.test(text.charAt(line))) finished = line
        const end = text.indexOf('\n', looked)
        if (end < 0) break
        read(text.slice(line, end))
        line = looked = end + 1
      }
      looked = text.length
    },
    finished: () => text.slice(0, finished),
    drop(length) {
      text = text.slice(length)
      line -= length
      looked -= length
      finished -= length
    },
  }
}
