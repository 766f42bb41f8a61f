import type { AnyLine } from '@openclaw/protocol'
import { isLine } from '@openclaw/protocol'
import { count, inputLine, oneLine, printable, type Terminal } from './terminal.ts'

/** How one line of a journal reads in a terminal, made printable; none for what only the program needs. */
export function printLine(line: AnyLine, terminal: Pick<Terminal, 'paint'>): string[] {
  const at = new Date(line.at)
  const time = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
  const told = tell(line)
  if (!told) return []
  const [who, text] = told
  const [first = '', ...rest] = printable(text).split('\n')
  return [
    `${terminal.paint('dim', time)}  ${terminal.paint('bold', oneLine(who))}  ${first}`,
    ...rest.map((more) => `  ${more}`.trimEnd()),
  ]
}

function tell(line: AnyLine): [who: string, text: string] | undefined {
  if (line.erased !== undefined) return [line.kind, '(erased)']
  if (isLine(line, 'user')) {
    const { sender, text, attachments } = line.body
    return [
      sender?.name ?? line.origin?.sender ?? 'user',
      [text, ...(attachments ?? []).map(({ name, mime }) => `[${name ?? mime}]`)].filter(Boolean).join('\n'),
    ]
  }
  if (isLine(line, 'assistant')) {
    const parts = line.body.content.map((part) =>
      part.type === 'text' ? part.text : part.type === 'call' ? `→ ${part.name} ${inputLine(part.input)}` : '',
    )
    return ['agent', parts.filter(Boolean).join('\n')]
  }
  if (isLine(line, 'tool')) {
    const text = line.body.content
      .map((part) => (part.type === 'text' ? part.text : `[${part.name ?? part.mime}]`))
      .join('\n')
    return [line.body.failed ? `${line.body.tool} failed` : line.body.tool, text]
  }
  if (isLine(line, 'end')) return [line.body.outcome, line.body.failure?.message ?? '']
  if (isLine(line, 'note')) return [line.body.label ?? 'note', line.body.text]
  if (isLine(line, 'checkpoint'))
    return [line.body.reason, line.body.summary ?? `context begins anew after ${count(line.body.totals.lines, 'line')}`]
  if (isLine(line, 'revision')) return ['changed', line.body.text || '(deleted)']
  if (isLine(line, 'reaction')) return ['reaction', line.body.emoji]
  return undefined
}

const two = (number: number) => String(number).padStart(2, '0')
