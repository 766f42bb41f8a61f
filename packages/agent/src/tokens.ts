import type { Content, Part } from '@openclaw/protocol'
import type { ModelRequest } from '@openclaw/sdk'
import type { Turn } from './turns.ts'

/** What a file takes in a request, whatever its size: vendors scale images down to about this. */
const fileTokens = 1600
/** What names and frames of a turn take. */
const turnTokens = 6

/**
 * About how many tokens a text has: a letter of the Latin alphabet is a quarter, of most other alphabets a half, a sign
 * of Chinese, Japanese or Korean and an emoji is a whole one. {@link Scales} corrects it by what a model counted.
 */
export function textTokens(text: string): number {
  let quarters = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    quarters += code < 0x80 ? 1 : code < 0x2e80 ? 2 : 4
  }
  return Math.ceil(quarters / 4)
}

/** A turn never changes, so it is counted once. */
const counted = new WeakMap<Turn, number>()

/** About how many tokens a turn takes in a request. */
export function turnTokensOf(turn: Turn): number {
  let tokens = counted.get(turn)
  if (tokens === undefined) {
    tokens = turnTokens
    for (const part of turn.content) tokens += partTokens(part)
    counted.set(turn, tokens)
  }
  return tokens
}

function partTokens(part: Content | Part): number {
  if (part.type === 'file') return fileTokens
  if (part.type === 'call') return textTokens(part.name) + textTokens(JSON.stringify(part.input ?? {}))
  return textTokens(part.text)
}

/** About how many tokens the tools of a request take. */
export function toolTokens(tools: ModelRequest['tools']): number {
  let tokens = 0
  for (const tool of tools) {
    let own = toolCounted.get(tool.input)
    if (own === undefined) toolCounted.set(tool.input, (own = textTokens(JSON.stringify(tool.input))))
    tokens += own + textTokens(tool.description) + turnTokens
  }
  return tokens
}
const toolCounted = new WeakMap<object, number>()

/** How much more or less a model counts than we do. */
export interface Scales {
  of(model: string): number
  /** A request that we took for `estimated` tokens was `real` ones. */
  learn(model: string, estimated: number, real: number): void
}

/** Starts with our own count; each answer moves a model's scale half of the way to what it said. */
export function openScales(): Scales {
  const scales = new Map<string, number>()
  return {
    of: (model) => scales.get(model) ?? 1,
    learn(model, estimated, real) {
      // Below that the fixed part of a request is most of it, and some servers count nothing.
      if (estimated < 500 || real < 100) return
      const before = scales.get(model) ?? 1
      const seen = Math.min(4, Math.max(0.25, real / estimated))
      scales.set(model, before + (seen - before) / 2)
    },
  }
}
