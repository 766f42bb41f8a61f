import type { FileToSend } from './outbox.ts'

/** Most files that one message may carry; the protocol's bound. */
export const mostFiles = 20

/** Reads files for sending. Rejects with words for a person when one cannot be read. */
export async function readFiles(files: readonly File[]): Promise<readonly FileToSend[]> {
  return Promise.all(
    files.map(async (file) => ({
      name: file.name || `pasted.${file.type.split('/')[1] ?? 'bin'}`,
      mime: file.type || 'application/octet-stream',
      sizeBytes: file.size,
      data: toBase64(
        await file.arrayBuffer().catch(() => {
          throw new Error(`${file.name} cannot be read. A folder cannot be sent; pack it first.`)
        }),
      ),
    })),
  )
}

/** Why these files cannot go together in one message; undefined when they can. `room` is what a frame holds, in bytes. */
export function refuseFiles(
  files: readonly { readonly sizeBytes: number }[],
  room: number,
  say: (bytes: number) => string,
): string | undefined {
  if (files.length > mostFiles) return `A message carries at most ${mostFiles} files.`
  // Base64 takes four bytes for three; the rest of the frame is for the words.
  const most = Math.floor(Math.max(0, room - 65_536) * 0.75)
  const size = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  return size > most
    ? `Together the files have ${say(size)}; the gateway takes ${say(most)} at once. Send them in several messages, or make them smaller.`
    : undefined
}

function toBase64(bytes: ArrayBuffer): string {
  const view = new Uint8Array(bytes)
  let text = ''
  // In pieces: the arguments of a call are bounded.
  for (let at = 0; at < view.length; at += 0x8000) text += String.fromCharCode(...view.subarray(at, at + 0x8000))
  return btoa(text)
}
