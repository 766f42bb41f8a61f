import { defineTool, failure, type WorkspaceFile } from '@openclaw/sdk'
import Type from 'typebox'

const longest = 500

/** Shows what is in a folder. */
export function list() {
  return defineTool({
    name: 'list',
    description: 'List a folder.',
    input: Type.Object(
      { path: Type.Optional(Type.String({ description: 'Default: the workspace.' })) },
      { additionalProperties: false },
    ),
    effect: 'read',
    subject: ({ path }) => path ?? '.',
    async run({ path = '.' }, { workspace }) {
      const folder = await workspace.stat(path)
      if (!folder) throw failure('not_found', `${path}: there is no such folder`)
      if (folder.kind !== 'folder') throw failure('invalid_params', `${path}: it is not a folder; use read`)
      const entries = (await workspace.list(path)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
      const more = entries.length > longest ? [`[${entries.length - longest} more]`] : []
      const text = [...entries.slice(0, longest).map(describe), ...more].join('\n') || `${path} is empty.`
      return { content: [{ type: 'text', text }], details: { path, entries: entries.length } }
    },
  })
}

function describe({ name, kind, sizeBytes }: WorkspaceFile): string {
  return kind === 'folder' ? `${name}/` : kind === 'file' ? `${name}  ${sizeBytes}` : `${name}  (not a file)`
}
