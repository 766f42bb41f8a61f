import { audit as lookThrough, auditChecks, repair, type Audited } from '../audit/audit.ts'
import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { count, printable } from '../terminal.ts'

const marks = { high: ['✗', 'red'], medium: ['!', 'yellow'], low: ['·', 'dim'] } as const

export const audit = defineCommand({
  options: {
    deep: {
      type: 'boolean',
      about: 'Also read every file of the home, try usual passwords, compare what is installed',
    },
    fix: { type: 'boolean', about: 'Make the changes that take nobody’s access but a stranger’s, and look again' },
  },
  details: `Changes nothing without --fix. Works with no gateway running. Each finding has an id that stays the same; docs/security.md has them all. Exit code ${exits.failed[0]} when one of them is of severity high.`,
  example: '--deep',
  async run({ deep, fix }, cli) {
    using _ = cli.terminal.progress('Looking')
    const first = await lookThrough(cli, { deep })
    const fixed = fix ? await repair(cli, first) : []
    const findings = fixed.length > 0 ? await lookThrough(cli, { deep }) : first
    const looked = auditChecks.filter((check) => deep || !check.deep).length
    const high = findings.some(({ severity }) => severity === 'high')
    const line = ({ id, severity, found, remedy }: Audited) => {
      const [mark, colour] = marks[severity]
      return [
        `${cli.terminal.paint(colour, mark)} ${id}: ${cli.pasteable(printable(found))}`,
        `    ${cli.pasteable(printable(remedy))}`,
      ]
    }
    return {
      value: {
        ok: !high,
        checks: looked,
        findings: findings.map(({ id, severity, found, remedy, change }) => ({
          id,
          severity,
          found,
          remedy,
          fixable: change !== undefined,
        })),
        fixed,
      },
      text: [
        ...fixed.map((done) => `${cli.terminal.paint('green', '✓')} ${printable(done)}`),
        ...findings.flatMap(line),
        ...(fixed.length + findings.length > 0 ? [''] : []),
        findings.length === 0
          ? `${count(looked, 'check')}, nothing found.`
          : `${count(looked, 'check')}, ${count(findings.length, 'finding')}.`,
      ],
      next: findings.some(({ change }) => change)
        ? ['Let it be put right', `security audit${deep ? ' --deep' : ''} --fix`]
        : ['Everything else', 'doctor'],
      exit: high ? exits.failed[0] : exits.ok[0],
    }
  },
})
