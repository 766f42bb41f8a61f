/** A paragraph and where it begins. */
export interface Paragraph {
  readonly text: string
  readonly at: number
}

/**
 * The paragraphs of a text in which nothing can be Markdown, which most answers are; undefined when in doubt. Every
 * line begins with a letter, a number, an opening sign or a picture, and holds no sign that means something.
 */
export function proseIn(markdown: string): readonly Paragraph[] | undefined {
  if (!prose.test(markdown) || / \n|:\/\/|www\./i.test(markdown)) return undefined
  return Array.from(markdown.matchAll(/[^\n]+(?:\n[^\n]+)*/g), ({ 0: text, index: at }) => ({ text, at }))
}

const line = String.raw`(?:[\p{L}\p{Extended_Pictographic}("'“„«‘¿¡$€£]|\d+(?![\d.)]))[^*_\x60\[\]<>&\\~|#\p{Cc}\p{Cs}]*`
const prose = new RegExp(String.raw`^\n*${line}(?:\n+${line})*[ \n]*$`, 'u')
