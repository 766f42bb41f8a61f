import { hash } from 'node:crypto'
import type { Content, Part } from '@openclaw/protocol'

/** One turn of a request, with files by reference; `model` says who made an assistant turn and its `keep`s. */
export type Turn =
  | { readonly role: 'user'; readonly content: readonly Content[] }
  | { readonly role: 'assistant'; readonly model: string; readonly content: readonly Part[] }
  | {
      readonly role: 'tool'
      readonly call: string
      readonly name: string
      readonly content: readonly Content[]
      readonly failed: boolean
    }

type CallPart = Extract<Part, { type: 'call' }>

const callId = /^[a-zA-Z0-9_-]{1,40}$/
// Gemini wants names that begin with a letter or an underscore.
const toolName = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/

/** An id that every provider takes and that was not used yet in this context; `used` remembers it. */
function freshId(wanted: string, used: Set<string>): string {
  const base = callId.test(wanted) ? wanted : `call_${hash('sha256', wanted, 'hex').slice(0, 24)}`
  let id = base
  for (let n = 2; used.has(id); n++) id = `${base.slice(0, 34)}_${n}`
  used.add(id)
  return id
}

/** Gives the calls of one run ids that differ from each other and from `given` ones, whatever a provider calls them. */
export function callIds(given: Iterable<string> = []): { fresh(wanted: string): string } {
  const used = new Set(given)
  return { fresh: (wanted) => freshId(wanted, used) }
}

function freshCall(part: CallPart, used: Set<string>): CallPart {
  const id = freshId(part.id, used)
  const name = toolName.test(part.name)
    ? part.name
    : part.name
        .replace(/[^a-zA-Z0-9_-]/g, '_')
        .replace(/^[^a-zA-Z_]/, '_$&')
        .slice(0, 64) || 'unknown'
  const object = typeof part.input === 'object' && part.input !== null && !Array.isArray(part.input)
  if (id === part.id && name === part.name && object) return part
  return { ...part, id, name, input: object ? part.input : { input: part.input ?? null } }
}

/**
 * The parts of an assistant turn as every provider takes them: no blank text, ids and names of allowed letters, ids
 * unique, inputs objects, thinking never last. Undefined when nothing is left that was said or asked.
 */
export function sound(parts: readonly Part[], used: Set<string>): readonly Part[] | undefined {
  let same = true
  const kept: Part[] = []
  for (const part of parts) {
    if (
      part.type === 'text'
        ? !part.text.trim()
        : part.type === 'thinking' && !part.text.trim() && part.keep === undefined
    ) {
      same = false
      continue
    }
    const good = part.type === 'call' ? freshCall(part, used) : part
    same &&= good === part
    kept.push(good)
  }
  while (kept.at(-1)?.type === 'thinking') {
    kept.pop()
    same = false
  }
  return kept.length === 0 ? undefined : same ? parts : kept
}

/** Content that is not empty, whatever a tool gave. */
export function solid(content: readonly Content[]): readonly Content[] {
  const kept = content.filter((part) => part.type === 'file' || part.text.trim())
  if (kept.length === 0) return [{ type: 'text', text: '(no output)' }]
  return kept.length === content.length ? content : kept
}
