import { failure } from '@openclaw/protocol'
import type { Cli } from './cli.ts'

/** Wants a yes for what cannot be undone. Throws `aborted` without one, also where nobody can be asked. */
export async function confirm(question: string, yes: boolean, cli: Cli): Promise<void> {
  if (yes) return
  const answer = await cli.terminal.ask(`${question} [y/N] `)
  if (answer === undefined)
    throw failure('aborted', 'Nothing was changed: this cannot be undone, so it wants a yes. Give --yes.')
  if (!/^y(es)?$/i.test(answer.trim())) throw failure('aborted', 'Nothing was changed.')
}
