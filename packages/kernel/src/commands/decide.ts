import { shortOf } from '../runs/approvals.ts'
import type { Answer, Invocation } from './command.ts'

/** Allows or refuses a call that waits, by the end of its id; without one it lists what waits. */
export function decide(verdict: 'allow' | 'deny') {
  return async ({ argument, parts }: Invocation): Promise<Answer> => {
    const { approvals } = await parts.call('approvals.list', {})
    if (argument === '') {
      if (approvals.length === 0) return { reply: 'Nothing waits for a yes.' }
      return { reply: approvals.map(({ id, subject }) => `- \`${shortOf(id)}\` ${subject}`).join('\n') }
    }
    // Less than what stands in the question would fit too much.
    const found = approvals.filter(({ id }) => id === argument || shortOf(id) === argument.toLowerCase())
    if (found.length !== 1) return { reply: `Nothing waits under \`${argument}\`; it was decided, or ran out.` }
    await parts.call('approvals.resolve', { id: found[0]!.id, verdict })
    return { reply: verdict === 'allow' ? 'Allowed.' : 'Denied.' }
  }
}
