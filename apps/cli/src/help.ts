import { common } from './arguments.ts'
import type { AnyCommand, Option } from './command.ts'
import { commands } from './commands.ts'
import type { Row } from './row.ts'
import { exits } from './exits.ts'

/** How a command is written: `openclaw sessions show SESSION [--limit N]`. */
export function usageLine(row: Row, command: AnyCommand, program: string): string {
  const words = Object.entries(command.takes ?? {}).map(([name, { optional, rest }]) => {
    const word = `${name.toUpperCase()}${rest ? '…' : ''}`
    return optional ? `[${word}]` : word
  })
  const options = shown(command.options).length > 0 ? ['[options]'] : []
  return [program, row.name, ...words, ...options].filter(Boolean).join(' ')
}

/** The help of one command. */
export function commandHelp(row: Row, command: AnyCommand, program: string): string {
  const takes = Object.entries(command.takes ?? {}).map(([name, { about }]) => [name.toUpperCase(), about] as const)
  const options = [...shown(command.options), ...shown(common)].map(
    ([name, option]) => [spell(name, option), describe(option)] as const,
  )
  return [
    row.about,
    ...(command.details ? ['', command.details] : []),
    '',
    `Usage: ${usageLine(row, command, program)}`,
    ...(takes.length > 0 ? ['', ...aligned(takes)] : []),
    '',
    'Options:',
    ...aligned(options),
    '',
    `Example: ${exampleLine(row, command, program)}`,
    '',
  ].join('\n')
}

/** A typical call, as it can be pasted. */
export function exampleLine(row: Row, command: AnyCommand, program: string): string {
  return [program, row.name, command.example].filter(Boolean).join(' ')
}

/** The help of a group: `openclaw sessions --help`. */
export function groupHelp(rows: readonly Row[], program: string): string {
  return [
    ...aligned(rows.map((row) => [`${program} ${row.name}`, row.about] as const)),
    '',
    `More about one: ${program} ${rows[0]?.name} --help`,
    '',
  ].join('\n')
}

/** The help of the program. */
export function programHelp(program: string): string {
  const rows = commands.filter((row) => !row.hidden && row.name !== '')
  return [
    'OpenClaw: your own AI agent on the messaging apps you already use.',
    '',
    `Usage: ${program} [command] [options]`,
    `       ${program} alone starts the gateway, or attaches to it, and says where to chat.`,
    '',
    ...aligned(rows.map((row) => [row.name, row.about] as const)),
    '',
    'Exit codes:',
    ...aligned(Object.values(exits).map(([code, about]) => [String(code), about] as const)),
    '',
    `More about one: ${program} sessions show --help`,
    '',
  ].join('\n')
}

/** Options that are shown, with their names. */
export function shown(options: Readonly<Record<string, Option>> | undefined): [string, Option][] {
  return Object.entries(options ?? {}).filter(([, option]) => !option.hidden)
}

/** `-m, --message TEXT`. */
export function spell(name: string, option: Option): string {
  const value = option.type === 'boolean' ? '' : ` ${option.value ?? (option.type === 'number' ? 'N' : 'TEXT')}`
  return `${option.short ? `-${option.short}, ` : ''}--${name}${value}`
}

/** What an option does, with the values it takes. */
export function describe(option: Option): string {
  return option.choices ? `${option.about}: ${option.choices.join(', ')}` : option.about
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
