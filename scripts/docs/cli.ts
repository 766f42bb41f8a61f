import { common } from '../../apps/cli/src/arguments.ts'
import type { AnyCommand, Option } from '../../apps/cli/src/command.ts'
import { commands } from '../../apps/cli/src/commands.ts'
import { exits } from '../../apps/cli/src/exits.ts'
import type { Row } from '../../apps/cli/src/row.ts'
import { describe, exampleLine, shown, spell, usageLine } from '../../apps/cli/src/help.ts'
import { cell } from './schema.ts'

const program = 'npx openclaw'
const loaded = await Promise.all(
  commands.filter((row) => !row.hidden).map(async (row) => ({ row, command: await row.load() })),
)

/** The whole of `docs/cli.md`, made from the table of commands. */
export function cliPage(): string {
  return [
    '# Command line',
    '',
    '<!-- Made by scripts/docs/pages.ts from apps/cli/src/commands.ts. Change it there. -->',
    '',
    'In a clone every command begins with `npx openclaw`, in any folder of it. Commands end with the next one that makes sense, ready to be pasted.',
    '',
    '- The home, where everything is kept, is `--home DIR`, else `$OPENCLAW_HOME`, else `~/.openclaw`.',
    '- `--json` makes any command answer with one JSON value on stdout; a failure is `{ "error": { "code", "message", … } }`. Progress, questions and next steps go to stderr.',
    '- Colours appear on a terminal only, and not with `NO_COLOR`.',
    '- `chat` is for people and has no `--json`; `logs --follow --json` prints one JSON value on each line.',
    '',
    '## Every command takes',
    '',
    ...optionTable(common),
    '## Exit codes',
    '',
    '| code | says |',
    '| --- | --- |',
    ...Object.values(exits).map(([code, about]) => `| ${code} | ${cell(about)} |`),
    '',
    '## Commands',
    '',
    ...loaded.flatMap(({ row, command }) => section(row, command)),
  ].join('\n')
}

function section(row: Row, command: AnyCommand): string[] {
  const takes = Object.entries(command.takes ?? {}).map(
    ([name, { about }]) => `| ${name.toUpperCase()} | ${cell(about)} |`,
  )
  return [
    `### ${row.name === '' ? 'openclaw alone' : row.name}`,
    '',
    row.about,
    ...(command.details
      ? ['', ...command.details.split('\n').map((line) => (line === '' ? '' : `${line}  `.trimEnd()))]
      : []),
    '',
    '```',
    usageLine(row, command, program),
    ...(command.example ? [exampleLine(row, command, program)] : []),
    '```',
    '',
    ...(takes.length > 0 ? ['| word | is |', '| --- | --- |', ...takes, ''] : []),
    ...optionTable(command.options ?? {}),
  ]
}

function optionTable(options: Readonly<Record<string, Option>>): string[] {
  const rows = shown(options).map(([name, option]) => `| \`${spell(name, option)}\` | ${cell(describe(option))} |`)
  return rows.length > 0 ? ['| option | does |', '| --- | --- |', ...rows, ''] : []
}
