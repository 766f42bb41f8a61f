import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { findRow, groupOf } from '../commands.ts'
import { commandHelp, groupHelp, programHelp } from '../help.ts'
import { programName } from '../program.ts'

export const help = defineCommand({
  takes: { command: { about: 'The command to explain', optional: true, rest: true } },
  example: 'sessions show',
  async run({ command }) {
    const program = programName()
    const answer = (text: string) => ({ value: { help: text }, text })
    if (command.length === 0) return answer(programHelp(program))
    const found = findRow(command)
    if (found) return answer(commandHelp(found.row, await found.row.load(), program))
    const group = groupOf(command[0] ?? '')
    if (group.length === 0) throw usage(`There is no command "${command.join(' ')}". ${program} help shows them all.`)
    return answer(groupHelp(group, program))
  },
})
