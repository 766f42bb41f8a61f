import { defineTool, failure, type ToolCall, type ToolResult, type WorkspaceFile } from '@openclaw/sdk'
import Type from 'typebox'
import { imageType, isText } from './kind.ts'
import { readLines } from './lines.ts'

/** The bounds that the configuration sets. */
export interface Bounds {
  readonly maxLines: number
  readonly maxOutput: number
  readonly maxImageBytes: number
}

/** Shows a text file's lines, or an image. */
export function read(bounds: Bounds) {
  return defineTool({
    name: 'read',
    description: `Read a text file (at most ${bounds.maxLines} lines at once; go on with offset) or look at an image.`,
    input: Type.Object(
      {
        path: Type.String({ minLength: 1 }),
        offset: Type.Optional(Type.Integer({ minimum: 1, description: 'First line, from 1.' })),
        limit: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of lines.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'read',
    subject: ({ path }) => path,
    async run({ path, offset = 1, limit = bounds.maxLines }, call) {
      const file = await findFile(path, call)
      if (file.sizeBytes === 0) return say(`${path} is empty.`)
      const start = await call.workspace.read(path, { start: 0, end: Math.min(file.sizeBytes, 8192) })
      const mime = imageType(start)
      if (mime) return await showImage(path, file, mime, bounds, call)
      if (!isText(start)) return say(`${path} is not text (${file.sizeBytes} bytes); use bash to look into it.`, true)
      return await showLines(path, file, { first: offset, count: Math.min(limit, bounds.maxLines) }, bounds, call)
    },
  })
}

/** The file at a path; rejects for what is none. */
export async function findFile(path: string, call: ToolCall): Promise<WorkspaceFile> {
  const file = await call.workspace.stat(path)
  if (!file) throw failure('not_found', `${path}: there is no such file; list shows what is there`)
  if (file.kind !== 'file') throw failure('invalid_params', `${path}: it is not a file; use list for folders`)
  return file
}

async function showImage(
  path: string,
  file: WorkspaceFile,
  mime: string,
  { maxImageBytes }: Bounds,
  call: ToolCall,
): Promise<ToolResult> {
  if (file.sizeBytes > maxImageBytes) {
    return say(
      `${path} is an image of ${file.sizeBytes} bytes, more than the ${maxImageBytes} that can be shown; make it smaller first.`,
      true,
    )
  }
  const image = await call.attach(await call.workspace.read(path), mime, file.name)
  return { content: [{ type: 'text', text: `${path} (${mime}, ${file.sizeBytes} bytes):` }, image] }
}

async function showLines(
  path: string,
  file: WorkspaceFile,
  { first, count }: { first: number; count: number },
  { maxOutput }: Bounds,
  call: ToolCall,
): Promise<ToolResult> {
  const lines = await readLines(
    call.workspace,
    { path, sizeBytes: file.sizeBytes },
    { first, count, maxText: maxOutput, signal: call.signal },
  )
  if (lines.last < first)
    throw failure('invalid_params', `${path}: it has ${lines.last} lines, so there is no line ${first}`)
  const details = { path, first, last: lines.last, more: lines.more }
  return {
    ...say([lines.text, goOn(lines, first)].filter(Boolean).join(lines.text.endsWith('\n') ? '\n' : '\n\n')),
    details,
  }
}

function goOn({ last, more, cut }: { last: number; more: boolean; cut: boolean }, first: number): string {
  if (cut)
    return `[line ${last} is longer than can be shown; the rest of it is left out, use bash to see it. Go on with offset ${last + 1}]`
  return more ? `[lines ${first} to ${last}; the file goes on, read more with offset ${last + 1}]` : ''
}

function say(text: string, failed = false): ToolResult {
  return { content: [{ type: 'text', text }], ...(failed ? { failed } : {}) }
}
