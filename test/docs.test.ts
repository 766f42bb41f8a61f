import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pages } from '../scripts/docs/pages.ts'

const root = join(import.meta.dirname, '..')

describe('pages that are made from code', () => {
  it.each(Object.keys(pages))('%s is current (else run pnpm fix)', async (path) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(pages[path]!())
  })
})
