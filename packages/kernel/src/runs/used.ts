import { isLine, type LineDraft, type RunResult, type Usage } from '@openclaw/protocol'
import type { Sessions } from '../sessions/sessions.ts'

/**
 * What a run that ends has used. The agent that ends it knows, unless another process began it or it ended without a
 * result: then the journal does, and the lines that are to come. A journal that cannot be read counts for nothing.
 */
export async function usageOf(
  sessions: Pick<Sessions, 'open'>,
  run: {
    readonly id: string
    readonly session: string
    readonly result: RunResult | undefined
    readonly whole: boolean
  },
): Promise<Usage> {
  const { id, session, result, whole } = run
  if (result && whole) return result.usage
  const lines = await sessions.open(session).then(
    (open) => open.lines(0).filter((line) => isLine(line, 'run', 'assistant', 'checkpoint')),
    () => [],
  )
  return addUp(id, [...lines, ...((result?.lines ?? []) as LineDraft[])])
}

/** Answers of the run, and summaries that were made since it began. */
function addUp(run: string, lines: readonly LineDraft[]): Usage {
  const from = lines.findIndex(({ kind, body }) => kind === 'run' && body.run === run)
  const sum: Usage = { input: 0, cached: 0, output: 0 }
  for (const { kind, body } of lines.slice(Math.max(0, from))) {
    const made = kind === 'checkpoint' ? body.made?.usage : undefined
    const usage = kind === 'assistant' && body.run === run ? body.usage : made
    if (!usage) continue
    sum.input += usage.input
    sum.cached += usage.cached
    sum.output += usage.output
    if (usage.costUsd !== undefined) sum.costUsd = (sum.costUsd ?? 0) + usage.costUsd
  }
  return sum
}
