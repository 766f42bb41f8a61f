import type { Content } from '@openclaw/protocol'
import type { ModelContent, ModelTurn } from '@openclaw/sdk'
import type { MediaReader } from './media.ts'
import type { Turn } from './turns.ts'

/** Most bytes of files in one request; the newest go first. */
const maxRequestBytes = 20 * 1024 * 1024

const providerOf = (model: string) => model.slice(0, Math.max(0, model.indexOf('/')))

/** Assistant turns as their own provider and as others see them. A turn never changes, so this is worked out once. */
const own = new WeakMap<Turn, ModelTurn>()
const foreign = new WeakMap<Turn, ModelTurn>()

function assistant(turn: Extract<Turn, { role: 'assistant' }>, provider: string): ModelTurn {
  const mine = providerOf(turn.model) === provider
  const made = mine ? own : foreign
  const before = made.get(turn)
  if (before) return before
  const content = mine
    ? turn.content
    : turn.content.flatMap(({ keep: _, ...part }) => (part.type === 'thinking' ? [] : [part]))
  const after: ModelTurn = { role: 'assistant', content }
  made.set(turn, after)
  return after
}

/** Files that models can be shown; a provider whose model cannot read one says so in words. */
const isShown = (mime: string) => mime.startsWith('image/') || mime === 'application/pdf'
const isText = (part: Content): part is Extract<Content, { type: 'text' }> => part.type === 'text'
const mentioned = (part: Extract<Content, { type: 'file' }>, why: string): ModelContent => ({
  type: 'text',
  text: `[file ${part.name ?? ''} (${part.mime}), ${part.ref}${why}]`,
})

/**
 * Turns as one provider shall read them: `keep`s and thinking only of its own making, media as bytes. Turns of text are
 * shared with the context, so a long one costs nothing to ask again.
 */
export async function readable(
  turns: readonly Turn[],
  provider: string,
  images: boolean,
  media: MediaReader,
): Promise<readonly ModelTurn[]> {
  const result = new Array<ModelTurn>(turns.length)
  let left = maxRequestBytes
  for (let at = turns.length - 1; at >= 0; at--) {
    const turn = turns[at]!
    if (turn.role === 'assistant') result[at] = assistant(turn, provider)
    else if (turn.content.every(isText)) result[at] = turn as ModelTurn
    else {
      const content: ModelContent[] = []
      for (const part of turn.content) {
        if (isText(part)) {
          content.push(part)
          continue
        }
        const bytes = images && isShown(part.mime) ? await media.read(part.ref, left) : undefined
        left -= bytes?.byteLength ?? 0
        content.push(
          bytes
            ? { type: 'file', mime: part.mime, ...(part.name ? { name: part.name } : {}), bytes }
            : mentioned(part, isShown(part.mime) ? ', not shown' : ''),
        )
      }
      result[at] = { ...turn, content } as ModelTurn
    }
  }
  return result
}
