import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readArguments } from '../src/arguments.ts'
import { commands, findRow } from '../src/commands.ts'
import { words } from './words.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const skipped = new Set(['node_modules', 'dist', 'test', 'coverage', '.vite', 'facts'])

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path, ending) : ending.test(entry.name) ? [path] : []
  })
}

/** Commands that the sources of the gateway, the agent and the plugins print, and those that the docs show. */
const printed = [
  ...['packages', 'plugins']
    .flatMap((folder) => files(join(root, folder), /\.tsx?$/))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\\?`openclaw ([^`\\]*)\\?`/g)].map(
        (match) => [relative(root, file), match[1] ?? ''] as const,
      ),
    ),
  ...[...files(join(root, 'docs'), /\.md$/), join(root, 'README.md'), ...files(join(root, 'plugins'), /^README\.md$/)]
    .filter((file) => readdirSync(join(file, '..')).includes(file.split(/[\\/]/).at(-1) ?? ''))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/npx openclaw ([^`\n]*)/g)].map(
        (match) => [relative(root, file), match[1] ?? ''] as const,
      ),
    ),
]
/** What stands for a value that the reader fills in. */
const filled = (line: string) =>
  line
    .replaceAll(/\$\{[^}]*\}/g, 'x1')
    .replaceAll(/<[^>]*>|…|\[options\]/g, '')
    .replaceAll(/\[([A-Z]+)…?\]/g, '')
    .replace(/\s+(#|\(|·|→|&|\|).*$/, '')
    .trim()

describe('every command that is printed or documented', () => {
  it.each(printed.filter(([, line]) => !/@|--option/.test(line)))('%s: openclaw %s', async (_, line) => {
    const given = words(filled(line))
    const named =
      findRow(given) ??
      (given.length === 0 || given[0]?.startsWith('-') ? { row: commands[0]!, rest: given } : undefined)
    expect(named, `there is no command "${given.slice(0, 2).join(' ')}"`).toBeDefined()
    const command = await named!.row.load()
    const missing =
      Object.entries(command.takes ?? {}).filter(([, { optional }]) => !optional).length -
      named!.rest.filter((word) => !/^-\D/.test(word)).length
    expect(() =>
      readArguments(command, [...named!.rest, ...Array.from({ length: Math.max(0, missing) }, () => 'x1')], ''),
    ).not.toThrow()
  })
})
