import { toFailure } from '@openclaw/protocol'
import type { Answer, Invocation } from './command.ts'

/** Summarising asks a model, so it goes on after the command was answered. */
export async function compact({ argument, from, parts }: Invocation): Promise<Answer> {
  const { session } = from
  if (argument.toLowerCase() === 'undo') {
    await parts.call('sessions.compact', { session, undo: true })
    return { reply: 'The last summary was taken back: what it stood for is read again.' }
  }
  if (parts.running(session)) return { reply: 'The agent is at work here; try `/compact` again when it has answered.' }
  void parts
    .call('sessions.compact', { session, ...(argument ? { instructions: argument } : {}) })
    .then(({ compacted, reason }) =>
      compacted ? 'Summarised.' : `Nothing was summarised: ${reason ?? 'it is short'}.`,
    )
    .catch((error: unknown) => `It could not be summarised: ${toFailure(error).message}`)
    .then((text) => parts.tell(from, text))
    .catch(() => {})
  return { reply: 'Summarising the older part of this conversation…' }
}

export async function usage({ from: { session }, parts }: Invocation): Promise<Answer> {
  const known = await parts.call('sessions.get', { session }).catch(() => undefined)
  if (!known) return { reply: 'Nothing was used here yet.' }
  const { input, cached, output, costUsd } = known.usage
  const count = new Intl.NumberFormat('en').format
  const share = input > 0 ? Math.round((cached / input) * 100) : 0
  const rows = [
    `- read: ${count(input)} tokens, ${share} % of them cached`,
    `- written: ${count(output)} tokens`,
    costUsd === undefined ? '- cost: not known for this model' : `- cost: $${costUsd.toFixed(4)}`,
  ]
  return { reply: rows.join('\n') }
}

/** A run that ended at its limit goes on at once; a day's limit is raised for what comes next. */
export async function more({ from: { session }, parts }: Invocation): Promise<Answer> {
  const { raised, what, goOn } = await parts.call('runs.more', { session })
  if (!raised) return { reply: 'Nothing is at its limit.' }
  return goOn ? { message: 'Go on where you stopped.' } : { reply: `Raised for today: ${what}.` }
}
