import { describe, expect, it } from 'vitest'
import { common, readArguments } from '../src/arguments.ts'
import { commands, findRow, groupOf } from '../src/commands.ts'
import { commandHelp, programHelp, shown } from '../src/help.ts'
import { words } from './words.ts'
import { run } from './run.ts'

const rows = commands.map((row) => [row.name || 'openclaw alone', row] as const)

describe('the help of every command', () => {
  it.each(rows)('%s says what it does, how it is written, what it takes, and gives an example', async (_, row) => {
    const command = await row.load()
    const help = commandHelp(row, command, 'openclaw')
    expect(help.startsWith(`${row.about}\n`)).toBe(true)
    expect(help).toContain(`Usage: openclaw${row.name ? ` ${row.name}` : ''}`)
    expect(help).toContain('Example: openclaw')
    for (const [name, option] of shown({ ...command.options, ...common })) {
      expect(help).toContain(`--${name}`)
      expect(help).toContain(option.about)
    }
    for (const [name, { about }] of Object.entries(command.takes ?? {}))
      expect(help).toMatch(
        new RegExp(`^  ${name.toUpperCase()} +${about.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'm'),
      )
  })

  it.each(rows)('%s takes its own example', async (_, row) => {
    const command = await row.load()
    expect(() => readArguments(command, words(command.example), '')).not.toThrow()
  })

  it.each(rows)('%s is one sentence that ends in a full stop and fits on a line', (_, { about }) => {
    expect(about).toMatch(/^[A-Z][^\n]+\.$/)
    expect(about.length).toBeLessThanOrEqual(90)
  })

  it('names no option of its own as a common one is named, and no letter twice', async () => {
    for (const [name, row] of rows) {
      const { options = {}, takes = {} } = await row.load()
      const letters = [...Object.values(options), ...Object.values(common)].flatMap((option) =>
        'short' in option && option.short ? [option.short] : [],
      )
      expect(new Set(letters).size, name).toBe(letters.length)
      const names = [...Object.keys(options), ...Object.keys(common), ...Object.keys(takes)]
      expect(new Set(names).size, name).toBe(names.length)
    }
  })

  it('lists every command in the help of the program, and every group finds its own', () => {
    const help = programHelp('openclaw')
    for (const row of commands) {
      if (row.name === '' || row.hidden) continue
      expect(help).toContain(`  ${row.name} `)
      expect(findRow(row.name.split(' '))?.row).toBe(row)
      if (row.name.includes(' ')) expect(groupOf(row.name.split(' ')[0] ?? '')).toContain(row)
    }
  })
})

describe('asking for help', () => {
  it.each([
    [['--help'], /Usage: .*openclaw \[command\]/],
    [['sessions', '--help'], /sessions verify {2}/],
    [['sessions', 'verify', '--help'], /Usage: .*openclaw sessions verify \[SESSION\]/],
    [['help', 'pairing', 'approve'], /--owner/],
    [['help', 'tokens'], /tokens revoke/],
    [['gateway', '-h'], /--port N/],
  ])('%j prints it and ends with 0, with no home touched', async (args, expected) => {
    const { code, stdout, stderr } = await run(args, { env: { OPENCLAW_HOME: '/nonexistent/openclaw' } })
    expect(stdout).toMatch(expected)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
