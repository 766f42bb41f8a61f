import { plainText, renderMarkdown } from '@openclaw/channel-kit'

/** The most text of one outbound, in bytes: about as much as its lines hold. */
export const maxText = 4000

/** So many lines of one outbound are over within half a minute at the usual pace. */
const maxLines = 12
/** Bytes of text that a line holds behind names of the usual length. */
export const usualRoom = 350

/** Markdown to outbounds in plain text, each with no more lines than can be paced within the time of one send. */
export function render(markdown: string): string[] {
  return renderMarkdown(markdown, plainText, { max: maxText, unit: 'bytes' }).flatMap(({ text }) => split(text))
}

function split(text: string): string[] {
  const pieces: string[][] = []
  let taken = maxLines
  for (const line of text.split('\n')) {
    const needed = line.trim() === '' ? 0 : Math.ceil(Buffer.byteLength(line) / usualRoom)
    if (taken + needed > maxLines) {
      pieces.push([])
      taken = 0
    }
    pieces.at(-1)!.push(line)
    taken += needed
  }
  return pieces.map((lines) => lines.join('\n').replace(/^\n+|\n+$/g, '')).filter((piece) => piece.trim() !== '')
}

const sign = (code: number) => String.fromCharCode(code)
/** Colours with their numbers, and the signs for bold, italics and the like: https://modern.ircdocs.horse/formatting */
const formatting = new RegExp(
  `${sign(3)}(?:\\d{1,2}(?:,\\d{1,2})?)?|${sign(4)}(?:[0-9a-f]{6}(?:,[0-9a-f]{6})?)?|[^\\P{Cc}\\t]`,
  'giu',
)

/** What somebody typed, without colours and other formatting. */
export function unformat(text: string): string {
  return text.replaceAll(formatting, '')
}
