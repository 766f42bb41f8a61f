import { isLine, type AnyLine } from '@openclaw/protocol'

/** Most orders that are kept, and the most characters of one. The oldest go first. */
const mostOrders = 100
const longest = 400

/**
 * Words with which people say what holds from now on, in the languages that are written most to agents. One too many
 * costs a line in the context; one too few is an order that is forgotten.
 */
const standing = new RegExp(
  [
    String.raw`\b(?:never|always|don['’]?t|do not|must not|mustn['’]?t|may not|no longer|from now on|from here on)\b`,
    String.raw`\b(?:under no circumstances|without (?:asking|my|first)|ask (?:me )?(?:first|before)|only\b.{1,120}\b(?:when|if|after|with|once))\b`,
    String.raw`\b(?:until|unless) (?:i|we|you|it|they|the|my|told)\b`,
    String.raw`\b(?:nie|niemals|immer|ab jetzt|ab sofort|auf keinen fall|nur wenn|erst wenn|bis ich)\b`,
    String.raw`\b(?:nunca|siempre|jamás|a partir de ahora|hasta que|no debes)\b`,
    String.raw`\b(?:jamais|toujours|désormais|dorénavant|ne\b.{1,40}\bpas|jusqu['’]à ce que)\b`,
    String.raw`\b(?:sempre|mai più|d['’]ora in poi|finché)\b`,
    String.raw`(?:никогда|всегда|больше не|отныне|пока я не|нельзя)`,
    String.raw`(?:不要|别再|永远|必须|从现在起|以后都|直到)`,
    String.raw`(?:絶対に|必ず|今後は|しないで|までは)`,
  ].join('|'),
  'iu',
)

/** A sentence ends at a line's end, or at a mark that is followed by a space; Chinese and Japanese need none. */
const sentences = /[^\n]+?(?:[.!?…]+(?=\s|$)|[。！？]|(?=\n)|$)/gu

/** A question gives no order; one that does not begin as a question may have an order before it. */
const asks =
  /^(?:do|does|did|don['’]?t you|can|could|would|will|shall|should|is|are|was|were|has|have|had|may|might|why|what|which|who|whose|when|where|how)\b.*[?？]$/isu

/** The sentences of a text that hold from now on, as they were said. */
export function ordersIn(text: string): string[] {
  return (text.match(sentences) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 3 && !asks.test(sentence) && standing.test(sentence))
    .map((sentence) => (sentence.length > longest ? `${sentence.slice(0, longest)}…` : sentence))
}

/**
 * The standing orders that were in force before, and those that the lines bring, oldest first. Only the owner and people
 * who were let in give orders; guests of a group and sub-agents do not.
 */
export function ordersOf(before: readonly string[], lines: readonly AnyLine[]): string[] {
  const orders = new Map(before.map((order) => [normal(order), order]))
  for (const line of lines) {
    if (!isLine(line, 'user') || line.role === 'guest' || line.origin?.channel === 'subagent') continue
    for (const order of ordersIn(line.body.text)) {
      const key = normal(order)
      // Said again: it is the newest.
      orders.delete(key)
      orders.set(key, order)
    }
  }
  return [...orders.values()].slice(-mostOrders)
}

function normal(order: string): string {
  return order
    .toLowerCase()
    .replace(/[\s.!。！]+/gu, ' ')
    .trim()
}
