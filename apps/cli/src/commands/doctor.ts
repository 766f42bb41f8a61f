import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { checks, type Finding } from '../doctor.ts'
import { count, printable } from '../terminal.ts'

const marks = { ok: ['✓', 'green'], warn: ['!', 'yellow'], bad: ['✗', 'red'] } as const

export const doctor = defineCommand({
  details: `Changes nothing. Works with no gateway running. Exit code ${exits.failed[0]} when something is broken.`,
  example: '',
  async run(_given, cli) {
    using _ = cli.terminal.progress('Checking')
    const findings: Finding[] = []
    for (const check of checks) findings.push(...(await check(cli)))
    const broken = findings.filter(({ state }) => state === 'bad').length
    const text = findings.flatMap(({ state, about, found, remedy }) => {
      const [mark, colour] = marks[state]
      return [
        `${cli.terminal.paint(colour, mark)} ${about}: ${cli.pasteable(printable(found))}`,
        ...(remedy ? [`    ${cli.pasteable(printable(remedy))}`] : []),
      ]
    })
    const warned = findings.filter(({ state }) => state === 'warn').length
    return {
      value: { ok: broken === 0, findings },
      text: [
        ...text,
        '',
        broken > 0
          ? `${count(broken, 'thing is', 'things are')} broken.`
          : warned > 0
            ? `Nothing is broken; ${count(warned, 'thing')} to know.`
            : 'All is well.',
      ],
      next: ['What is going on', 'status'],
      exit: broken === 0 ? exits.ok[0] : exits.failed[0],
    }
  },
})
