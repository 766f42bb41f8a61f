import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pluginProgram } from './program.ts'

/** Plugs folders of packages into a home, as links; gives the rules that isolate them, and what they are started with. */
export async function linkPlugins(home: string, folders: readonly URL[]) {
  const modules = join(home, 'plugins', 'node_modules')
  const dependencies: Record<string, string> = {}
  const rules: Record<string, { isolation: 'process' }> = {}
  for (const folder of folders) {
    const path = fileURLToPath(folder)
    const about = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
      name: string
      openclaw: { id: string }
    }
    dependencies[about.name] = `link:${path}`
    rules[about.openclaw.id] = { isolation: 'process' }
    await mkdir(dirname(join(modules, about.name)), { recursive: true })
    await symlink(path, join(modules, about.name))
  }
  await writeFile(join(home, 'plugins', 'package.json'), JSON.stringify({ private: true, dependencies }))
  return { rules, program: pluginProgram }
}
