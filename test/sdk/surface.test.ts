import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const files = [
  ...['index', 'channel', 'gateway', 'provider', 'scope', 'tool'].map((name) => `sdk/src/${name}`),
  ...['errors', 'event-envelope', 'manifest', 'methods/table', 'values'].map((name) => `protocol/src/${name}`),
]

const head = `What a plugin author can see: the declarations of @openclaw/sdk and of what it passes on from @openclaw/protocol,
without comments. A difference here is a change of the contract: is it one that every published plugin survives?
Then write it anew with: npx vitest run --config vitest.workspace.ts test/sdk -u
`

it('the surface of the sdk is the one that was agreed on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-surface-'))
  try {
    const config = join(folder, 'tsconfig.json')
    const compilerOptions = {
      noEmit: false,
      emitDeclarationOnly: true,
      removeComments: true,
      rootDir: root,
      outDir: join(folder, 'out'),
      typeRoots: [join(root, 'node_modules/@types')],
    }
    await writeFile(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.base.json'),
        compilerOptions,
        files: files.map((file) => join(root, 'packages', `${file}.ts`)),
      }),
    )
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config])
    const parts = await Promise.all(
      files.map(async (file) => `--- ${file}\n${await readFile(join(folder, 'out/packages', `${file}.d.ts`), 'utf8')}`),
    )
    await expect(`${head}\n${parts.join('\n')}`).toMatchFileSnapshot(join(root, 'packages/sdk/surface.txt'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
