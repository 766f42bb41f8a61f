import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'
import { parsePattern } from './pattern.ts'
import { walk } from './walk.ts'

const longest = 500

/** Finds files by their names. */
export function glob() {
  return defineTool({
    name: 'glob',
    description: 'Find files by pattern, e.g. src/**/*.{ts,md}.',
    input: Type.Object({ pattern: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false }),
    effect: 'read',
    subject: ({ pattern }) => pattern,
    async run({ pattern }, { workspace, signal }) {
      const paths: string[] = []
      let note = ''
      for await (const found of walk(workspace, '.', parsePattern(pattern, workspace.root), signal)) {
        if ('stopped' in found) note = `[${found.stopped}; name a folder in the pattern]`
        else if (paths.length < longest) paths.push(found.path)
        else {
          note = `[there are more than these ${longest}; make the pattern narrower]`
          break
        }
      }
      const text = [paths.join('\n') || `No file matches ${pattern}.`, note].filter(Boolean).join('\n\n')
      return { content: [{ type: 'text', text }], details: { pattern, files: paths.length } }
    },
  })
}
