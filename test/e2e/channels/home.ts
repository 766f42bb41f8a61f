import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Makes a home that has plugins of this workspace installed, as `openclaw plugins add <folder>` leaves it. */
export async function furnish(home: string, config: object, plugins: readonly string[]): Promise<void> {
  const modules = join(home, 'plugins', 'node_modules')
  const dependencies: Record<string, string> = {}
  await mkdir(join(home, 'plugins'), { recursive: true })
  for (const folder of plugins) {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name: string }
    dependencies[name] = `link:${folder}`
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(folder, join(modules, name), 'junction')
  }
  await writeFile(join(home, 'plugins', 'package.json'), JSON.stringify({ dependencies }))
  await writeFile(join(home, 'openclaw.json'), JSON.stringify(config))
}
