import { createHash } from 'node:crypto'
import { failure, toFailure, type Store, type ToolCall, type Workspace } from '@openclaw/sdk'
import Type from 'typebox'

/** What is always to be known. As a file it is in the prompt of every session in this workspace. */
export const longTerm = 'MEMORY.md'
const folder = 'memory'
/** Most characters of one note. */
const maxNote = 100_000
/** Most notes of one session in the store. */
const mostKept = 1000

/** How a tool names a note. */
export const Note = Type.String({
  pattern: '^(MEMORY\\.md|(memory/)?\\d{4}-\\d\\d-\\d\\d(\\.md)?)$',
  description: '`MEMORY.md`, or a day as `2026-03-01`.',
})

/** A note and what it says. */
export interface Written {
  readonly path: string
  readonly text: string
}

/** Where a note stands in the workspace. */
export function pathOf(note: string): string {
  if (note === longTerm) return note
  return `${folder}/${/\d{4}-\d\d-\d\d/.exec(note)![0]}.md`
}

/** Where the note of a day stands, as people on this machine count days. */
export function pathOfDay(nowMs: number): string {
  const at = new Date(nowMs)
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
  return pathOf(parts.map((part, place) => String(part).padStart(place === 0 ? 4 : 2, '0')).join('-'))
}

/** The notes of one conversation's place, as one call reaches them. */
export interface Notes {
  /** Paths of those that there are: the lasting one, then days, newest first. */
  list(): Promise<string[]>
  /** What a note says; nothing when there is none. */
  read(path: string): Promise<string>
  /** What of a note can be changed: all of it, unless it is kept apart from the workspace's file of that name. */
  own(path: string): Promise<string>
  /** Puts a text in the place of {@link own}. Throws `invalid_params` when it would be too long. */
  write(path: string, text: string): Promise<void>
  /** Others than the owner may have written in them. */
  readonly outside: boolean
}

/**
 * Opens the notes of a call. They are files of the workspace. Where that may not be changed, as with members and groups
 * without a sandbox, what is written is kept in the store of the plugin, apart for each session, and stands behind what
 * the files say.
 */
export function openNotes({ session, workspace }: Pick<ToolCall, 'session' | 'workspace'>, store: Store): Notes {
  const files = fileNotes(workspace)
  const kept = keptNotes(store, session)
  const own = workspace.writable ? files : kept
  let outside = !workspace.writable
  return {
    async list() {
      const all = new Set([...(await files.list()), ...(await kept.list())])
      return [...(all.delete(longTerm) ? [longTerm] : []), ...[...all].toSorted().toReversed()]
    },
    async read(path) {
      const more = await kept.read(path)
      if (more !== '') outside = true
      return [await files.read(path), more].filter(Boolean).join('\n')
    },
    own: (path) => own.read(path),
    async write(path, text) {
      if (text.length > maxNote)
        throw failure(
          'invalid_params',
          `${path} would be longer than ${maxNote} characters; shorten or forget some of it`,
        )
      await own.write(path, text)
    },
    get outside() {
      return outside
    },
  }
}

type Kept = Pick<Notes, 'list' | 'read' | 'write'>

function fileNotes(workspace: Workspace): Kept {
  return {
    async list() {
      const lasting = await workspace.stat(longTerm)
      const there = await workspace.stat(folder)
      const files = there?.kind === 'folder' ? await workspace.list(folder) : []
      const days = files
        .filter(({ name, kind, sizeBytes }) => kind === 'file' && sizeBytes > 0 && /^\d{4}-\d\d-\d\d\.md$/.test(name))
        .map(({ name }) => `${folder}/${name}`)
      return [...(lasting?.kind === 'file' && lasting.sizeBytes > 0 ? [longTerm] : []), ...days]
    },
    async read(path) {
      try {
        return new TextDecoder().decode(await workspace.read(path)).replaceAll('\r\n', '\n')
      } catch (thrown) {
        if (toFailure(thrown).code === 'not_found') return ''
        throw thrown
      }
    },
    write: (path, text) => workspace.write(path, new TextEncoder().encode(text)),
  }
}

/** Notes in the store, under a digest of the session, so that no peer's id becomes a name. */
function keptNotes(store: Store, session: string): Kept {
  const prefix = `notes-${createHash('sha256').update(session).digest('hex').slice(0, 32)}-`
  const keyOf = (path: string) => prefix + path.split('/').at(-1)!
  return {
    list: async () =>
      (await store.list(prefix))
        .map((key) => key.slice(prefix.length))
        .map((name) => (name === longTerm ? name : `${folder}/${name}`)),
    async read(path) {
      const bytes = await store.get(keyOf(path))
      return bytes ? new TextDecoder().decode(bytes) : ''
    },
    async write(path, text) {
      if (text.trim() === '') return store.delete(keyOf(path))
      const known = await store.list(prefix)
      if (!known.includes(keyOf(path)) && known.length >= mostKept)
        throw failure('invalid_params', `there are ${mostKept} notes of this conversation; forget some of them first`)
      await store.set(keyOf(path), new TextEncoder().encode(text))
    },
  }
}

/** Reads the lasting note and the newest days. */
export async function readNotes(notes: Notes, maxNotes: number): Promise<Written[]> {
  const paths = await notes.list()
  const written: Written[] = []
  for (const path of paths.slice(0, maxNotes + (paths[0] === longTerm ? 1 : 0)))
    written.push({ path, text: await notes.read(path) })
  return written
}
