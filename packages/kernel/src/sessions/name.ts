import { hash } from 'node:crypto'

const longestSlug = 40
const plainAgent = /^[a-z0-9][a-z0-9_-]{0,63}$/

/**
 * The name of a session's journal file: a slug of the key's tail for people, and 8 hex digits of the key's hash. Two
 * keys may share one; the second to come takes the next `place`.
 */
export function journalName(key: string, place = 1): string {
  const tail = key.startsWith('agent:') ? key.slice(key.indexOf(':', 6) + 1) : key
  const mark = hash('sha256', key).slice(0, 8)
  return `${slug(tail)}-${mark}${place > 1 ? `-${place}` : ''}.jsonl`
}

/** The folder of an agent's sessions: its id, made safe for every file system when it is not. */
export function agentFolder(agent: string): string {
  return plainAgent.test(agent) ? agent : `${slug(agent)}-${hash('sha256', agent).slice(0, 8)}`
}

function slug(text: string): string {
  // Only the end is kept, so only the end is looked at: a key may be very long.
  const words = text
    .slice(-4 * longestSlug)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return words.slice(-longestSlug).replace(/^-+|-+$/g, '') || 'session'
}
