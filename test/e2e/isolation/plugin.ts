import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Installs a plugin of somebody else into a home: its files by name, as `plugins add` would have left them. */
export async function installPlugin(
  home: string,
  id: string,
  manifest: object,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const name = `claw-${id}`
  const folder = join(home, 'plugins', 'node_modules', name)
  await mkdir(folder, { recursive: true })
  const exports = Object.fromEntries(Object.keys(files).map((part) => [`./${part}`, `./${part}.js`]))
  const openclaw = { id, label: id, api: 1, ...manifest }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name, version: '1.0.0', type: 'module', exports, openclaw }),
  )
  for (const [part, code] of Object.entries(files)) await writeFile(join(folder, `${part}.js`), code)
  const dependencies = { [name]: '1.0.0' }
  await writeFile(join(home, 'plugins', 'package.json'), JSON.stringify({ private: true, dependencies }))
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
