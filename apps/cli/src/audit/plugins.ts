import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from './check.ts'

/** Whose code runs where. */
export const pluginChecks: readonly Check[] = [
  {
    id: 'plugins.foreign-inside',
    severity: 'high',
    about: 'A plugin that is not ours runs in the gateway or the agent itself, with all that they may do',
    fix: 'sets `isolation` to `process`',
    look: ({ plugins, config }) =>
      plugins
        .filter(({ id, ours }) => !ours && config.plugins?.[id]?.isolation === 'none')
        .map(({ id, name }) => ({
          found: `${name} is trusted like the gateway itself: plugins.${id}.isolation is "none"`,
          remedy: `Give it a process of its own: \`openclaw config set plugins.${id}.isolation process\``,
          change: { set: `plugins.${id}.isolation`, value: 'process' },
        })),
  },
  {
    id: 'plugins.linked',
    severity: 'low',
    about: 'A plugin is a link to a folder: whoever writes there changes what runs',
    look: ({ plugins }) =>
      plugins
        .filter(({ source, ours }) => source === 'workspace' && !ours)
        .map(({ id, name }) => ({
          found: `${name} is a link to a folder`,
          remedy: `Install it from a package: \`openclaw plugins remove ${id}\`, then \`openclaw plugins add NAME\``,
        })),
  },
  {
    id: 'plugins.unpinned',
    severity: 'high',
    about: 'An installed package is not pinned: the lockfile has no digest for it, or another version is there',
    deep: true,
    async look({ home, plugins }) {
      if (!plugins.some(({ source }) => source === 'installed')) return []
      const folder = join(home, 'plugins')
      const lock = await readFile(join(folder, 'package-lock.json'), 'utf8').catch(() => '{}')
      const { packages = {} } = JSON.parse(lock) as { packages?: Record<string, Locked> }
      const names = plugins.filter(({ source }) => source === 'installed').map(({ name }) => `node_modules/${name}`)
      const all = [...new Set([...names, ...Object.keys(packages).filter((path) => path !== '')])]
      const found = await Promise.all(
        all.map(async (path) => {
          const { version, integrity, link } = packages[path] ?? {}
          if (link) return []
          const text = await readFile(join(folder, path, 'package.json'), 'utf8').catch(() => undefined)
          if (text === undefined && packages[path]) return []
          const there = (JSON.parse(text ?? '{}') as { version?: string }).version
          if (integrity !== undefined && there === version) return []
          return [
            {
              found: `${path}: ${integrity === undefined ? 'no digest of it is kept' : `${there} is there, and ${version} was looked at`}`,
              remedy: 'Remove the plugin that brought it, and add it again.',
            },
          ]
        }),
      )
      return found.flat()
    },
  },
]

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
}
