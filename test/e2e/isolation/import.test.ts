import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect, startGateway, temporaryHome, until } from '../gateway.ts'

/** Once, its process ends while it is imported; the next time the import keeps it busy for longer than three pings. */
const heavy = `
import { appendFileSync, readFileSync } from 'node:fs'
appendFileSync('imports', 'x')
if (readFileSync('imports', 'utf8') === 'x') process.exit(7)
for (const end = performance.now() + 2500; performance.now() < end; );
export default { id: 'heavy', config: { type: 'object', properties: {} }, setup: () => ({}) }
`

async function install(home: string): Promise<void> {
  const folder = join(home, 'plugins', 'node_modules', 'claw-heavy')
  await mkdir(folder, { recursive: true })
  const openclaw = { id: 'heavy', label: 'Heavy', api: 1, hooks: { gateway: './gateway' } }
  const exports = { './gateway': './gateway.js' }
  const about = { name: 'claw-heavy', version: '1.0.0', type: 'module', exports, openclaw }
  await writeFile(join(folder, 'package.json'), JSON.stringify(about))
  await writeFile(join(folder, 'gateway.js'), heavy)
  const dependencies = { 'claw-heavy': '1.0.0' }
  await writeFile(join(home, 'plugins', 'package.json'), JSON.stringify({ private: true, dependencies }))
}

test('L3: a plugin whose process ends in its import, or is long silent over it, is not given up for that', async () => {
  await using home = await temporaryHome()
  await install(home.path)
  await using gateway = await startGateway(home.path)
  await using client = await connect(home.path, gateway.address)
  await until(async () => {
    const { plugins } = await client.call('plugins.list', {})
    const row = plugins.find(({ id }) => id === 'heavy')
    if (row?.state === 'parked') throw new Error(row.reason)
    return row?.state === 'active'
  })
  expect(await readFile(join(home.path, 'state', 'heavy', 'imports'), 'utf8')).toBe('xx')
})
