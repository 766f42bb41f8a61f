import { failure, isLine, type Attachment, type Line, type LineDraft } from '@openclaw/protocol'
import type { CallPart } from './calls.ts'
import type { Context } from './context.ts'

/** What a run that goes on finds of itself in the journal. */
export interface Resumed {
  /** Files that its calls had for the person. */
  readonly files: Attachment[]
  /** Ids of its calls. */
  readonly callIds: readonly string[]
  /**
   * The calls of its last step that shall be begun anew, and `step`, the line that makes them again where others spoke
   * in the session meanwhile: in the turns their step is closed. Throws `conflict` when the live lines have lost one.
   */
  again(ids: readonly string[]): { readonly calls: readonly CallPart[]; readonly step: LineDraft | undefined }
}

/** Reads what stands in the durable lines of a run. */
export function readResumed({ lines }: Pick<Context, 'lines'>, run: string): Resumed {
  const steps = lines.filter((line): line is Line<'assistant'> => isLine(line, 'assistant') && line.body.run === run)
  const callsOf = ({ body }: Line<'assistant'>) => body.content.filter((part) => part.type === 'call')
  return {
    files: lines.flatMap((line) => (isLine(line, 'tool') && line.body.run === run ? (line.body.files ?? []) : [])),
    callIds: steps.flatMap(callsOf).map(({ id }) => id),
    again(ids) {
      const last = steps.at(-1)
      const calls = last ? callsOf(last).filter(({ id }) => ids.includes(id)) : []
      if (!last || calls.length < ids.length)
        throw failure(
          'conflict',
          'what waited for a yes is not in the conversation any more, as it was summarised or reset; please ask again',
        )
      const { model } = last.body
      const closed = lines
        .slice(lines.indexOf(last) + 1)
        .some((line) => isLine(line, 'run', 'take', 'assistant', 'end'))
      return {
        calls,
        step: closed ? { kind: 'assistant', body: { run, model, content: calls, stop: 'tool' } } : undefined,
      }
    },
  }
}
