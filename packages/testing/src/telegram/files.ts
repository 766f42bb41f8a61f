import type { File } from '../channel/counterpart.ts'

/** A file that lies on the platform. */
export interface StoredFile extends File {
  readonly file_id: string
  readonly file_unique_id: string
  readonly file_size: number
  /** Where it is downloaded: `/file/bot<token>/<file_path>`. */
  readonly file_path: string
}

/** The files of the platform. */
export interface Files {
  keep(file: File): StoredFile
  /** A file by its id or its path. */
  find(name: string | undefined): StoredFile | undefined
}

export function openFiles(): Files {
  const byId = new Map<string, StoredFile>()
  const byPath = new Map<string, StoredFile>()
  return {
    keep({ name, mime, bytes }) {
      const count = byId.size + 1
      const folder = mime.startsWith('image/') ? 'photos' : 'documents'
      const stored: StoredFile = {
        name,
        mime,
        bytes,
        file_id: `AgACAgIAAx${count}`,
        file_unique_id: `AQAD${count}`,
        file_size: bytes.length,
        file_path: `${folder}/file_${count}${/\.\w+$/.exec(name)?.[0] ?? ''}`,
      }
      byId.set(stored.file_id, stored)
      byPath.set(stored.file_path, stored)
      return stored
    },
    find: (name = '') => byId.get(name) ?? byPath.get(name),
  }
}

/** Types of the names that our tests use; the Bot API is told the name only. */
const mimes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  ogg: 'audio/ogg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
}

/** The type that Telegram guesses from a name. */
export function mimeOf(name: string): string {
  return mimes[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream'
}

/** The fields of a message with these files in it, as a person's app sends them: a picture as a photo, and so on. */
export function mediaFields(
  files: Files,
  file: File,
): { readonly field: string; readonly value: unknown; readonly stored: StoredFile } {
  const stored = files.keep(file)
  const { name: file_name, mime: mime_type, file_id, file_unique_id, file_size } = stored
  const common = { file_id, file_unique_id, file_size }
  if (/^image\/(jpeg|png|webp)$/.test(mime_type)) {
    const small = files.keep({ ...file, bytes: file.bytes.subarray(0, 16) })
    const sizes = [
      {
        file_id: small.file_id,
        file_unique_id: small.file_unique_id,
        file_size: small.file_size,
        width: 90,
        height: 67,
      },
      { ...common, width: 1280, height: 960 },
    ]
    return { field: 'photo', value: sizes, stored }
  }
  if (mime_type === 'audio/ogg') return { field: 'voice', value: { ...common, mime_type, duration: 3 }, stored }
  if (mime_type.startsWith('audio/'))
    return { field: 'audio', value: { ...common, mime_type, file_name, duration: 3 }, stored }
  if (mime_type.startsWith('video/'))
    return { field: 'video', value: { ...common, mime_type, file_name, duration: 3, width: 640, height: 480 }, stored }
  return { field: 'document', value: { ...common, mime_type, file_name }, stored }
}
