import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The manifest that the README gives people to paste. */
export const manifest = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''

/** The items of one of its lists, by the key above it. */
export function listed(key: string): string[] {
  const items = new RegExp(`^( *)${key}:\\n((?:\\1  - .*\\n)+)`, 'm').exec(manifest)?.[2] ?? ''
  return [...items.matchAll(/- (.+)/g)].map(([, item]) => item!)
}
