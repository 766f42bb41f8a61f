import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const provider = `export default {
  id: 'instant', config: { type: 'object' },
  connect: () => ({
    models: async () => [{ id: 'model', contextTokens: 1000000 }],
    async *stream() {
      yield { type: 'text', delta: 'hello' }
      yield { type: 'done', stop: 'end', usage: { input: 1, cached: 0, output: 1 } }
    },
  }),
}`

/** Installs a provider into a home that answers at once, in the agent process itself: what is left is our own work. */
export async function installInstant(home: string): Promise<void> {
  const folder = join(home, 'plugins/node_modules/instant')
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(home, 'plugins/package.json'),
    JSON.stringify({ private: true, dependencies: { instant: '1.0.0' } }),
  )
  const manifest = { id: 'instant', label: 'Instant', api: 1, hooks: { provider: './provider' } }
  const exports = { './provider': './provider.js' }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'instant', version: '1.0.0', type: 'module', exports, openclaw: manifest }),
  )
  await writeFile(join(folder, 'provider.js'), provider)
}
