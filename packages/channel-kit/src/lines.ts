/** A line, its bounds with its end, and its text without. */
interface Line {
  readonly start: number
  readonly end: number
  readonly text: string
}

export function* linesOf(markdown: string): Generator<Line> {
  for (const match of markdown.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    if (match[0] === '') return
    yield { start: match.index, end: match.index + match[0].length, text: match[0].replace(/[\r\n]+$/, '') }
  }
}

/** The line that opens a code block (https://spec.commonmark.org/0.31.2/#fenced-code-blocks), and the signs in it. */
export interface Fence {
  readonly opening: string
  readonly sign: string
}

export function opens(line: string): Fence | undefined {
  const [opening, sign] = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,}).{0,100}/.exec(line) ?? []
  return opening === undefined || sign === undefined ? undefined : { opening, sign }
}

export function closes(line: string, { sign }: Fence): boolean {
  const [, signs = ''] = /^ {0,3}([`~]{3,})[ \t]*$/.exec(line) ?? []
  return signs.length >= sign.length && signs === sign[0]!.repeat(signs.length)
}
