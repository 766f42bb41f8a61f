import { isLine } from '@openclaw/protocol'
import { parseLine } from '@openclaw/kernel'
import type { Line } from './plan.ts'

/** A recorded conversation is said over again in so short a time. */
const longestMs = 5000

/** What people said in a recorded session, from its journal's text, to be said again at the first place of a plan. */
export function linesOf(journal: string): readonly Line[] {
  const said = journal
    .split('\n')
    .filter((text) => text !== '')
    .map(parseLine)
    .filter((line) => isLine(line, 'user'))
  const firstAt = said[0]?.at ?? 0
  const spanMs = Math.max(1, (said.at(-1)?.at ?? 0) - firstAt)
  const scale = Math.min(1, longestMs / spanMs)
  return said.map(({ at, body, role }): Line => {
    const sender = role === 'owner' || role === 'member' ? role : 'guest'
    const peer =
      sender === 'guest' ? ({ kind: 'group', id: 'group' } as const) : ({ kind: 'direct', id: sender } as const)
    return { atMs: Math.round((at - firstAt) * scale), place: 0, sender, peer, text: body.text }
  })
}
