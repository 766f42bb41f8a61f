import { linkedPair } from '@openclaw/client'
import type { EventPayload } from '@openclaw/protocol'
import type { TestKernel } from '@openclaw/testing'

/** An owner who says no to whatever they are asked; what that was, as `tool subject`. */
export function denyAll({ kernel, call }: Pick<TestKernel, 'kernel' | 'call'>): string[] {
  const asked: string[] = []
  const [near, far] = linkedPair()
  near.onMessage((text: string) => {
    if (!text.includes('"approval.requested"')) return
    const { payload } = (JSON.parse(text) as { params: { payload: EventPayload<'approval.requested'> } }).params
    asked.push(`${payload.tool} ${payload.subject}`)
    // One that ended meanwhile wants no answer.
    void call('approvals.resolve', { id: payload.id, verdict: 'deny' }).catch(() => {})
  })
  kernel.attach(far)
  return asked
}
