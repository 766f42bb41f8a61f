import { failure } from '@openclaw/protocol'
import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { openStored } from '../stored.ts'
import { ago, columns, count, oneLine, printable } from '../terminal.ts'
import { printLine } from '../turns.ts'

const session = { about: 'The session key, as sessions list shows it' }

export const list = defineCommand({
  options: {
    agent: { type: 'text', value: 'ID', about: 'Only sessions of this agent' },
    channel: { type: 'text', about: 'Only sessions of this channel' },
    search: { type: 'text', value: 'WORDS', about: 'Only sessions in which this was said' },
    limit: { type: 'number', about: 'How many; 20 when absent' },
    offset: { type: 'number', about: 'How many to pass over' },
  },
  details: 'Works with no gateway running.',
  example: '--search holiday',
  async run({ agent, channel, search, limit, offset }, cli) {
    const stored = await openStored(cli)
    const answer = await stored.list({
      limit: Math.max(1, Math.min(500, limit ?? 20)),
      offset: Math.max(0, offset ?? 0),
      ...(agent === undefined ? {} : { agent }),
      ...(channel === undefined ? {} : { channel }),
      ...(search === undefined ? {} : { search }),
    })
    const rows = answer.sessions.map((one) => [
      oneLine(one.key, 120),
      ago(one.updatedAt),
      String(one.lines),
      one.running ? 'running' : one.damaged > 0 ? count(one.damaged, 'damaged line') : '',
      oneLine(one.title, 50),
    ])
    const first = answer.sessions[0]
    const more = answer.total - rows.length - Math.max(0, offset ?? 0)
    return {
      value: answer,
      text: first
        ? [
            ...columns([['SESSION', 'USED', 'LINES', '', 'ABOUT'], ...rows]),
            ...(more > 0 ? [`… and ${more} more`] : []),
          ]
        : 'No sessions yet.',
      next: first ? ['Read one', `sessions show ${cli.quote(first.key)}`] : ['Begin one', 'chat'],
    }
  },
})

export const show = defineCommand({
  takes: { session },
  options: {
    limit: { type: 'number', about: 'How many lines from the end; 50 when absent' },
    all: { type: 'boolean', about: 'Every line from the first one on' },
  },
  details: 'Works with no gateway running.',
  example: 'agent:main:local:default:owner --limit 10',
  async run({ session, limit, all }, cli) {
    const stored = await openStored(cli)
    const lines = await stored.lines(session, all ? Infinity : Math.max(1, limit ?? 50))
    if (lines.length === 0)
      throw failure(
        'not_found',
        `There is no session ${JSON.stringify(session.slice(0, 200))}; ${cli.command('sessions list')} shows them.`,
      )
    return {
      value: { session, lines },
      text: lines.flatMap((line) => printLine(line, cli.terminal)),
      next: ['Check that it is whole', `sessions verify ${cli.quote(session)}`],
    }
  },
})

export const verify = defineCommand({
  takes: { session: { ...session, optional: true } },
  details: `Works with no gateway running. Exit code ${exits.failed[0]} when a line is damaged or missing; nothing is changed.`,
  example: '',
  async run({ session }, cli) {
    using _ = cli.terminal.progress('Reading the journals')
    const stored = await openStored(cli)
    const answer = await stored.verify(session)
    const bad = answer.journals.filter(({ damaged, gaps }) => damaged.length > 0 || gaps.length > 0)
    const total = answer.journals.reduce((sum, one) => sum + one.lines, 0)
    const erased = answer.journals.reduce((sum, one) => sum + one.erased, 0)
    return {
      value: answer,
      text: [
        ...bad.flatMap((one) => [
          `${printable(one.file)}: ${count(one.damaged.length, 'damaged line')}, ${count(one.gaps.length, 'gap')}`,
          ...one.damaged
            .slice(0, 20)
            .map(({ line, offset, reason }) => `  line ${line} at byte ${offset}: ${printable(reason)}`),
          ...one.gaps.slice(0, 20).map(({ from, to }) => `  missing: ${from === to ? from : `${from} to ${to}`}`),
        ]),
        `${count(answer.journals.length, 'journal')}, ${count(total, 'line')}${erased > 0 ? `, ${erased} erased` : ''}: ${answer.whole ? 'whole' : `${count(bad.length, 'journal')} damaged; every intact line is kept and used`}.`,
      ],
      next: ['Read one', 'sessions list'],
      exit: answer.whole ? exits.ok[0] : exits.failed[0],
    }
  },
})
