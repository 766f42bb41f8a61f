import { inputLine, oneLine, printable, type Terminal } from './terminal.ts'
import type { Sign } from './talk.ts'

/** Shows a run as it goes on: its text on stdout, tools and thinking beside it on stderr. */
export interface Stream {
  show(sign: Sign): void
  /** Ends the last line; with the answer when nothing of it was streamed. */
  end(text: string | undefined): void
}

/** One for each run. */
export function openStream(terminal: Terminal, thinking = false): Stream {
  /** What stands at the end of the output: nothing, an open line of text or of thinking. */
  let open: 'text' | 'thinking' | undefined
  let said = ''
  const close = () => {
    if (open === 'text') terminal.write('\n')
    if (open === 'thinking') terminal.tell('')
    open = undefined
  }
  return {
    show(sign) {
      if (sign.event === 'agent.text') {
        if (open === 'thinking') close()
        const text = printable(sign.payload.delta)
        if (text === '') return
        terminal.write(text)
        said += text
        open = 'text'
        return
      }
      if (sign.event === 'agent.thinking') {
        if (!thinking) return
        if (open === 'text') close()
        terminal.hint(printable(sign.payload.delta))
        open = 'thinking'
        return
      }
      close()
      said = ''
      const { tool } = sign.payload
      if (sign.event === 'agent.tool.start')
        terminal.tell(
          terminal.faint(`→ ${oneLine(tool)} ${inputLine(sign.payload.input, Math.max(20, terminal.columns - 30))}`),
        )
      else if (sign.payload.failed)
        terminal.tell(
          terminal.faint(
            `✗ ${oneLine(tool)}: ${oneLine(sign.payload.content.map((part) => (part.type === 'text' ? part.text : '')).join(' '), 200)}`,
          ),
        )
    },
    end(text) {
      if (text !== undefined && said.trim() === '') {
        terminal.write(printable(text))
        open = 'text'
      }
      close()
    },
  }
}
