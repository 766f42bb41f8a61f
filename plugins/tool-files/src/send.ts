import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'
import { mimeOf } from './kind.ts'
import { findFile } from './read.ts'

/** Gives the person a file of the workspace, together with the answer. */
export function send(maxBytes: number) {
  return defineTool({
    name: 'send_file',
    description: 'Send a file of the workspace to the person you are talking to; it arrives with your answer.',
    input: Type.Object({ path: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    effect: 'read',
    subject: ({ path }) => path,
    async run({ path }, call) {
      const file = await findFile(path, call)
      if (file.sizeBytes > maxBytes) {
        const text = `${path} has ${file.sizeBytes} bytes, more than the ${maxBytes} that can be sent (plugins.files.config.maxSendBytes)`
        return { content: [{ type: 'text', text }], failed: true }
      }
      const bytes = await call.workspace.read(path)
      const mime = mimeOf(path, bytes)
      const stored = await call.attach(bytes, mime, file.name)
      if (stored.type !== 'file') throw new Error('a file was stored as something else')
      return {
        content: [{ type: 'text', text: `${path} goes out with your answer.` }],
        files: [{ ref: stored.ref, mime, name: file.name, sizeBytes: bytes.byteLength }],
      }
    },
  })
}
