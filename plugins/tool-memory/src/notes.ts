import { failure, toFailure, type Workspace } from '@openclaw/sdk'
import Type from 'typebox'

/** What is always to be known. It is in the prompt of every session in this workspace. */
export const longTerm = 'MEMORY.md'
const folder = 'memory'
/** Most characters of one note. */
const maxNote = 100_000

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

/** What a note says; nothing when there is none. */
export async function readNote(workspace: Workspace, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await workspace.read(path)).replaceAll('\r\n', '\n')
  } catch (thrown) {
    if (toFailure(thrown).code === 'not_found') return ''
    throw thrown
  }
}

/** Writes a note. Throws `invalid_params` when it would be too long. */
export async function writeNote(workspace: Workspace, path: string, text: string): Promise<void> {
  if (text.length > maxNote)
    throw failure('invalid_params', `${path} would be longer than ${maxNote} characters; shorten or forget some of it`)
  await workspace.write(path, new TextEncoder().encode(text))
}

/** Paths of the notes that there are: the lasting one, then days, newest first. */
export async function listNotes(workspace: Workspace): Promise<string[]> {
  const lasting = await workspace.stat(longTerm)
  const there = await workspace.stat(folder)
  const files = there?.kind === 'folder' ? await workspace.list(folder) : []
  const days = files
    .filter(({ name, kind, sizeBytes }) => kind === 'file' && sizeBytes > 0 && /^\d{4}-\d\d-\d\d\.md$/.test(name))
    .map(({ name }) => `${folder}/${name}`)
    .toSorted()
    .toReversed()
  return [...(lasting?.kind === 'file' && lasting.sizeBytes > 0 ? [longTerm] : []), ...days]
}

/** Reads the lasting note and the newest days. */
export async function readNotes(workspace: Workspace, maxNotes: number): Promise<Written[]> {
  const notes: Written[] = []
  const paths = await listNotes(workspace)
  for (const path of paths.slice(0, maxNotes + (paths[0] === longTerm ? 1 : 0)))
    notes.push({ path, text: await readNote(workspace, path) })
  return notes
}
