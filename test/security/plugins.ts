import { readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BundledPlugin } from '@openclaw/kernel'

const root = join(import.meta.dirname, '../../plugins')

/** Every tool plugin of ours, from its sources, with all of its entries: a new one is among them by being there. */
export const plugins: readonly BundledPlugin[] = await Promise.all(
  readdirSync(root)
    .filter((name) => name.startsWith('tool-'))
    .map(async (name) => {
      const manifest = (await import(join(root, name, 'package.json'), { with: { type: 'json' } })) as {
        default: BundledPlugin['package']
      }
      const parts = ['tool', 'gateway', 'config'].filter((part) => existsSync(join(root, name, 'src', `${part}.ts`)))
      const load = (part: string) => () => import(pathToFileURL(join(root, name, 'src', `${part}.ts`)).href)
      return { package: manifest.default, load: Object.fromEntries(parts.map((part) => [part, load(part)])) }
    }),
)
