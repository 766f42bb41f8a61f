import { createInterface } from 'node:readline/promises'
import { stripVTControlCharacters, styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

/** What a person sees and answers. Answers go to stdout, everything else to stderr. */
export interface Terminal {
  /** True when a person can be asked: stdin and stderr are a terminal. */
  readonly interactive: boolean
  readonly columns: number
  /** Writes to stdout as it is. */
  write(text: string): void
  /** One line on stderr. */
  tell(line: string): void
  /** A piece of a line on stderr, faint. */
  hint(text: string): void
  /** Makes a text for stderr faint. */
  faint(text: string): string
  /** Colours a text for stdout, on a terminal and without `NO_COLOR` only. */
  paint(style: Style, text: string): string
  /** Says on stderr what is taking so long, once more than a second has passed. Dispose it when done. */
  progress(what: string): Disposable
  /** Asks for a line; undefined when nobody can be asked or the input ends. */
  ask(question: string, signal?: AbortSignal): Promise<string | undefined>
  /** Asks for a line that is not shown. */
  askHidden(question: string, signal?: AbortSignal): Promise<string | undefined>
}

const slowMs = 1000

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  const plain = Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb'
  const style = (stream: { isTTY?: boolean }, style: Style, text: string) =>
    stream.isTTY && !plain ? styleText(style, text, { validateStream: false }) : text
  const interactive = stdin.isTTY === true && stderr.isTTY === true
  const ask = async (question: string, hidden: boolean, signal?: AbortSignal) => {
    if (!interactive) return undefined
    return await askLine(question, hidden, signal)
  }
  return {
    interactive,
    columns: stderr.columns || 100,
    write: (text) => void stdout.write(text),
    tell: (line) => void stderr.write(`${line}\n`),
    hint: (text) => void stderr.write(style(stderr, 'dim', text)),
    faint: (text) => style(stderr, 'dim', text),
    paint: (name, text) => style(stdout, name, text),
    progress(what) {
      const timer = setTimeout(() => stderr.write(`${what} …\n`), slowMs)
      return { [Symbol.dispose]: () => clearTimeout(timer) }
    },
    ask: (question, signal) => ask(question, false, signal),
    askHidden: (question, signal) => ask(question, true, signal),
  }
}

async function askLine(question: string, hidden: boolean, signal?: AbortSignal): Promise<string | undefined> {
  const { Writable } = await import('node:stream')
  // readline echoes through its output: for a secret, that goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stderr, terminal: true })
  if (hidden) process.stderr.write(question)
  // Both reject (an abort) or never answer (the end of the input), so the close decides too.
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)))
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = lines.question(hidden ? '' : question, signal ? { signal } : {})
    return await Promise.race([answer.catch(() => undefined), ended])
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}

/** Text from outside as it may go to a terminal: without escape sequences and control characters but line breaks and tabs. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    '',
  )
}

/** The same on one line, at most `length` characters. */
export function oneLine(text: string, length = 60): string {
  const line = printable(text).replace(/\s+/g, ' ').trim()
  const characters = [...line]
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`
}

/** The input of a tool call on one line: the one text where there is only one, else all of it. */
export function inputLine(input: unknown, length = 200): string {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [input]
  const [only] = values
  return oneLine(values.length === 1 && typeof only === 'string' ? only : (JSON.stringify(input) ?? ''), length)
}

/** Rows in columns, two spaces apart; the first row is the heading. Cells are made printable. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.map((cell) => oneLine(cell, 400)))
  const widths = (clean[0] ?? []).map((_, column) => Math.max(...clean.map((row) => (row[column] ?? '').length)))
  return clean.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** How long ago, for people: `now`, `5 min`, `3 h`, `2 d`. */
export function ago(atMs: number, nowMs = Date.now()): string {
  return nowMs - atMs < 10_000 ? 'now' : span(nowMs - atMs)
}

/** A duration for people, in its largest unit. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** `1 line`, `2 lines`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
