/** A text with the replacement made, and the line numbers in it where the new text stands. */
export interface Replaced {
  readonly text: string
  readonly lines: readonly { readonly first: number; readonly last: number }[]
}

/** Why a replacement was not made; `at` are line numbers of what was found. */
export type NotReplaced = { readonly problem: 'absent' | 'ambiguous' | 'same'; readonly at: readonly number[] }

/**
 * Replaces exact text: one place, or all with `all`. A file with CRLF line ends is matched by text with plain ones,
 * and keeps its own.
 */
export function replaceText(text: string, oldText: string, newText: string, all: boolean): Replaced | NotReplaced {
  const crlf = text.includes('\r\n') && !oldText.includes('\r\n')
  const wanted = crlf ? oldText.replaceAll('\n', '\r\n') : oldText
  const put = crlf ? newText.replaceAll(/\r?\n/g, '\r\n') : newText
  if (wanted === put) return { problem: 'same', at: [] }
  const places = findAll(text, wanted, all)
  if (places.length === 0) return { problem: 'absent', at: similar(text, wanted) }
  if (places.length > 1 && !all) return { problem: 'ambiguous', at: places.map((place) => lineOf(text, place)) }
  return join(text, places, wanted.length, put)
}

/** Where it stands. Overlapping places count as two when one must be told from another, not when all are replaced. */
function findAll(text: string, wanted: string, all: boolean): number[] {
  const places: number[] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + (all ? wanted.length : 1)))
    places.push(at)
  return places
}

function join(text: string, places: readonly number[], length: number, put: string): Replaced {
  const height = put.split('\n').length - 1
  const lines: { first: number; last: number }[] = []
  let result = ''
  let from = 0
  let line = 1
  for (const place of places) {
    const before = text.slice(from, place)
    result += before + put
    line += count(before)
    lines.push({ first: line, last: line + height })
    line += height
    from = place + length
  }
  return { text: result + text.slice(from), lines }
}

/** Lines where the same text stands with other white space: the usual reason why nothing matched. */
function similar(text: string, wanted: string): number[] {
  const squeeze = (line: string) => line.replace(/\s+/g, ' ').trim()
  const first = squeeze(wanted.split('\n').find((line) => line.trim()) ?? '')
  if (!first) return []
  return text
    .split('\n')
    .flatMap((line, index) => (squeeze(line) === first ? [index + 1] : []))
    .slice(0, 5)
}

function lineOf(text: string, place: number): number {
  return count(text.slice(0, place)) + 1
}

function count(text: string): number {
  return text.split('\n').length - 1
}
