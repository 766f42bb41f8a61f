import { readFile, stat } from 'node:fs/promises'

/** A file's text, trimmed and with plain line ends; undefined when there is no such file. */
export type ReadText = (path: string) => Promise<string | undefined>

const mostKept = 2000

/** Opens a reader that reads a file again only when its time or size has changed. */
export function openTexts(): ReadText {
  const kept = new Map<string, { modifiedMs: number; size: number; text: string }>()
  return async (path) => {
    const now = await stat(path).catch(() => undefined)
    if (!now?.isFile()) return undefined
    const before = kept.get(path)
    if (before && before.modifiedMs === now.mtimeMs && before.size === now.size) return before.text
    const text = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n').trim()
    if (kept.size > mostKept) kept.clear()
    kept.set(path, { modifiedMs: now.mtimeMs, size: now.size, text })
    return text
  }
}
