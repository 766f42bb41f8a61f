import { toFailure, type Failure } from '@openclaw/protocol'
import { near, readArguments, usage, type Values } from './arguments.ts'
import { createCli, type Cli } from './cli.ts'
import type { AnyCommand, Answer } from './command.ts'
import { commands, findRow, groupOf } from './commands.ts'
import type { Row } from './row.ts'
import { exitOf, exits } from './exits.ts'
import { commandHelp, groupHelp, programHelp } from './help.ts'
import { findHome } from './home.ts'
import { programName, version } from './program.ts'
import { printable } from './terminal.ts'

// A reader that went away (`openclaw logs | head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exits.ok[0] : exits.failed[0]),
)
process.exitCode = await run(process.argv.slice(2))

/** Finds the command, runs it, prints its answer or its failure, and resolves with the exit code. */
async function run(words: readonly string[]): Promise<number> {
  const program = programName()
  try {
    const called = find(words, program)
    if (typeof called === 'string') return print(called)
    const command = await called.row.load()
    const given = readArguments(
      command,
      called.rest,
      `${program}${called.row.name ? ` ${called.row.name}` : ''} --help`,
    )
    if (given['help'] === true) return print(commandHelp(called.row, command, program))
    return await carryOut(command, given)
  } catch (thrown) {
    return report(thrown, words.includes('--json'), (text) => text)
  }
}

/** The command that the words name, or the help that they ask for. */
function find(words: readonly string[], program: string): { row: Row; rest: readonly string[] } | string {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) return `${version}\n`
  const before = leading(words)
  const named = words.slice(before)
  const [first, second] = named
  if (first === undefined || first.startsWith('-')) {
    if (words.includes('--help') || words.includes('-h')) return programHelp(program)
    return { row: commands[0] as Row, rest: words }
  }
  const found = findRow(named)
  if (found) return { row: found.row, rest: [...words.slice(0, before), ...found.rest] }
  const group = groupOf(first)
  if (group.length === 0)
    throw usage(
      `There is no command "${printable(first)}".${near(
        first,
        commands.map((row) => row.name.split(' ')[0] ?? ''),
      )} ${program} --help shows them all.`,
    )
  if (second === '--help' || second === '-h') return groupHelp(group, program)
  const names = group.map((row) => row.name.slice(first.length + 1))
  if (second === undefined || second.startsWith('-'))
    throw usage(`${program} ${first} needs one of: ${names.join(', ')}.`)
  throw usage(
    `There is no command "${first} ${printable(second)}".${near(second, names, `${first} `)} ${program} ${first} --help shows them.`,
  )
}

/** How many words at the beginning are common options, which may stand before the command. */
function leading(words: readonly string[]): number {
  let at = 0
  for (;;) {
    const word = words[at]
    if (word === '--home') at += 2
    else if (word === '--json' || word?.startsWith('--home=')) at += 1
    else return Math.min(at, words.length)
  }
}

async function carryOut(command: AnyCommand, given: Values): Promise<number> {
  const home = findHome(given['home'] as string | undefined)
  const json = given['json'] === true
  const scope = new AsyncDisposableStack()
  const cli = createCli(home, json, scope)
  try {
    const answer = await command.run(given as never, cli)
    return answer ? show(answer, cli) : exits.ok[0]
  } catch (thrown) {
    return report(thrown, json, cli.pasteable)
  } finally {
    await scope.disposeAsync()
  }
}

function show(answer: Answer, cli: Cli): number {
  const exit = answer.exit ?? exits.ok[0]
  if (cli.json) {
    cli.terminal.write(`${JSON.stringify(answer.value, undefined, 2)}\n`)
    return exit
  }
  const lines = typeof answer.text === 'string' ? [answer.text] : (answer.text ?? [])
  const text = lines.join('\n')
  if (text) cli.terminal.write(text.endsWith('\n') ? text : `${text}\n`)
  if (answer.next)
    cli.terminal.tell(`${cli.terminal.interactive ? '\n' : ''}${answer.next[0]}: ${cli.command(answer.next[1])}`)
  return exit
}

/** Tells a failure: what was being done to what, what to do next, and every single problem. */
function report(thrown: unknown, json: boolean, paste: (text: string) => string): number {
  const told = toFailure(thrown)
  const failure: Failure = { ...told, message: paste(told.message) }
  if (json) print(`${JSON.stringify({ error: failure }, undefined, 2)}\n`)
  else {
    process.stderr.write(`${printable(failure.message)}\n`)
    // One problem is in the message already.
    const problems = failure.problems ?? []
    for (const { path, message, suggestion } of problems.length > 1 ? problems : []) {
      process.stderr.write(
        `  ${printable(`${path ? `${path}: ` : ''}${message}${suggestion ? ` (${suggestion})` : ''}`)}\n`,
      )
    }
    const unexpected = failure.code === 'internal' && thrown instanceof Error && process.env['OPENCLAW_DEBUG']
    if (unexpected) process.stderr.write(`${thrown.stack}\n`)
  }
  return exitOf(thrown, failure)
}

function print(text: string): number {
  process.stdout.write(text)
  return exits.ok[0]
}
