import type { Content } from '@openclaw/protocol'
import { turnTokensOf } from './tokens.ts'
import type { Turn } from './turns.ts'

/** Share of the window from which on old results are left out, and the steps in which more of them are. */
const fullShare = 0.5
const stepShare = 0.15
/** So many of the newest answers keep their results as they are. */
const keptAnswers = 3
/** A result that is not longer than this stays. */
const shortTokens = 200
const headChars = 400

const pruned = new WeakMap<Turn, Turn>()

/**
 * The turns of a request with old tool results cut to their beginning and old files to their names, as far as a window
 * of so many tokens asks for. The journal is untouched. What is cut depends on the turns alone and moves in steps, so
 * that the requests between two steps share their beginning, which vendors cache.
 */
export function prune(turns: readonly Turn[], windowTokens: number): readonly Turn[] {
  let total = 0
  for (const turn of turns) total += turnTokensOf(turn)
  const excess = total - windowTokens * fullShare
  if (excess <= 0) return turns
  const step = windowTokens * stepShare
  const reach = Math.ceil(excess / step) * step + step
  const end = startOfKept(turns)
  let passed = 0
  return turns.map((turn, at) => {
    passed += turnTokensOf(turn)
    return at < end && passed <= reach ? shorten(turn) : turn
  })
}

/** Where the turns begin that stay as they are. */
function startOfKept(turns: readonly Turn[]): number {
  let answers = 0
  for (let at = turns.length - 1; at >= 0; at--) {
    if (turns[at]!.role === 'assistant' && ++answers === keptAnswers) return at
  }
  return 0
}

function shorten(turn: Turn): Turn {
  if (turn.role === 'assistant') return turn
  const known = pruned.get(turn)
  if (known) return known
  const content = turn.content.map((part) => shortenPart(part, turn.role === 'tool'))
  const same = content.every((part, at) => part === turn.content[at])
  const short = same ? turn : ({ ...turn, content } as Turn)
  pruned.set(turn, short)
  return short
}

function shortenPart(part: Content, ofTool: boolean): Content {
  if (part.type === 'file')
    return {
      type: 'text',
      text: `[file ${part.name ?? ''} (${part.mime}), ${part.ref}: left out of this request because it is old]`,
    }
  if (!ofTool || part.text.length <= Math.max(headChars, shortTokens * 4)) return part
  const left = part.text.length - headChars
  return {
    type: 'text',
    text: `${part.text.slice(0, headChars)}\n[… ${left} more characters of this old result are left out; call the tool again if you need them]`,
  }
}
