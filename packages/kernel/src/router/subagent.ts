import { createHash } from 'node:crypto'
import { agentOf } from './key.ts'

const mark = ':subagent:'
const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 15)

/** What stands behind the mark: one UUID, or one for each level. */
function tailOf(key: string): string | undefined {
  const at = key.indexOf(mark)
  return at < 0 || key.split(':', 3)[2] !== 'subagent' ? undefined : key.slice(at + mark.length)
}

/**
 * The session key of a sub-agent: `agent:A:subagent:UUID`, and below another one `…:subagent:UUID:subagent:UUID`. The
 * first UUID (version 8) begins with a digest of the session that it is below, so that a key alone says whose it is;
 * `seed` makes the rest, so that the same spawn has the same session. It may be of another agent than its parent.
 */
export function subagentKey(parent: string, seed: string, agent = agentOf(parent)!): string {
  const own = tailOf(parent)
  const [whose, which] = [digest(own === undefined ? parent : seed), digest(`${parent} ${agent} ${seed}`)]
  const uuid = `${whose.slice(0, 8)}-${whose.slice(8, 12)}-8${whose.slice(12)}-8${which.slice(0, 3)}-${which.slice(3)}`
  return `agent:${agent}${mark}${own === undefined ? '' : own + mark}${uuid}`
}

/** Is this session a sub-agent of the other, or one of its sub-agents'? */
export function isBelow(session: string, above: string): boolean {
  const tail = tailOf(session)
  if (tail === undefined) return false
  const own = tailOf(above)
  if (own !== undefined) return tail.startsWith(own + mark)
  const whose = digest(above)
  return tail.startsWith(`${whose.slice(0, 8)}-${whose.slice(8, 12)}-8${whose.slice(12)}-8`)
}

/** The pattern (SQLite's GLOB) of the keys below a session, of whatever agent. */
export function patternBelow(above: string): string {
  const own = tailOf(above)
  if (own !== undefined) return `agent:*${mark}${own.replace(/[*?[]/g, '[$&]')}${mark}*`
  const whose = digest(above)
  return `agent:*${mark}${whose.slice(0, 8)}-${whose.slice(8, 12)}-8${whose.slice(12)}-8*`
}
