import { defineTool, toFailure, type Log, type Store } from '@openclaw/sdk'
import Type from 'typebox'
import { findMeanings, type Embeddings } from './meanings.ts'
import { openNotes, readNotes } from './notes.ts'
import { passagesOf, type Passage } from './passages.ts'
import { findWords } from './words.ts'

/** Finds what was noted. */
export function search(given: {
  readonly embeddings: Embeddings | undefined
  readonly maxNotes: number
  readonly store: Store
  readonly log: Log
}) {
  return defineTool({
    name: 'memory_search',
    description:
      'Search your notes of all days. Do so before you say that you do not know something about people, plans or earlier work.',
    input: Type.Object(
      {
        query: Type.String({ minLength: 1, maxLength: 500 }),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 30, description: 'Default 8.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'read',
    async run({ query, limit = 8 }, call) {
      const { embeddings, store, log } = given
      const { session, signal, workspace } = call
      const notes = openNotes(call, store)
      const passages = (await readNotes(notes, given.maxNotes)).flatMap(passagesOf)
      const byWords = findWords(passages, query)
      // Inside of a sandbox every workspace has the same name.
      const whose = workspace.writable ? workspace.root : session
      const byMeaning = embeddings
        ? await findMeanings(passages, query, { embeddings, store, root: whose, signal }).catch((thrown) => {
            signal.throwIfAborted()
            log.warn(`memory_search: ${toFailure(thrown).message}; notes are searched by their words only`)
            return []
          })
        : []
      const found = merge([byWords, byMeaning]).slice(0, limit)
      const text = found.length > 0 ? found.map(show).join('\n\n') : 'There is no note about that.'
      const outside = found.length > 0 && notes.outside
      return { content: [{ type: 'text', text }], details: { found: found.length, searched: passages.length }, outside }
    },
  })
}

/** One list of several, by reciprocal rank (Cormack, Clarke and Büttcher 2009). */
export function merge(lists: readonly (readonly Passage[])[]): Passage[] {
  const scores = new Map<Passage, number>()
  for (const list of lists)
    for (const [rank, passage] of list.entries()) scores.set(passage, (scores.get(passage) ?? 0) + 1 / (60 + rank))
  return [...scores].toSorted(([, one], [, other]) => other - one).map(([passage]) => passage)
}

const show = ({ path, line, heading, text }: Passage): string =>
  `${path}:${line}${heading ? ` (${heading})` : ''}\n${text}`
