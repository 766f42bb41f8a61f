import type { MethodResult } from '@openclaw/protocol'
import { defineCommand } from '../command.ts'
import { columns } from '../terminal.ts'

type Usage = MethodResult<'usage.get'>

const dayMs = 86_400_000
const barWidth = 24
const count = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const dollars = (usd: number) => `$${usd.toFixed(usd < 1 ? 4 : 2)}`

export const usage = defineCommand({
  options: {
    by: {
      type: 'text',
      value: 'WHAT',
      choices: ['day', 'agent', 'session', 'sender', 'model'],
      about: 'One row for each of these; day when absent',
    },
    days: { type: 'number', value: 'N', about: 'How far back, today included; 30 when absent' },
    agent: { type: 'text', value: 'ID', about: 'Only this agent' },
  },
  details: 'Read from the journals. Money is counted as far as prices are known.',
  example: '--by sender --days 7',
  async run({ by = 'day', days = 30, agent }, cli) {
    const gateway = await cli.gateway()
    const from = localDay(Date.now() - (days - 1) * dayMs)
    const answer = await gateway.call('usage.get', { by, from, ...(agent === undefined ? {} : { agent }) })
    return {
      value: answer,
      text: answer.rows.length > 0 ? table(by, answer) : 'Nothing was used yet.',
      next: nextOf(answer),
    }
  },
})

function table(by: string, { rows, total, today }: Usage): string[] {
  const measure = (row: Usage['rows'][number]) => (total.costUsd > 0 ? row.costUsd : row.input + row.output)
  const most = Math.max(...rows.map(measure))
  const line = (name: string, row: Usage['total'], bar: string) => [
    name,
    String(row.runs),
    count.format(row.input),
    row.input > 0 ? `${Math.round((row.cached / row.input) * 100)} %` : '–',
    count.format(row.output),
    dollars(row.costUsd),
    bar,
  ]
  const shown = rows.map((row) =>
    line(row.key, row, '▇'.repeat(most > 0 ? Math.round((measure(row) / most) * barWidth) : 0)),
  )
  const left = `Today: ${dollars(today.costUsd)} of ${dollars(today.limits.costUsd)}, ${count.format(today.tokens)} of ${count.format(today.limits.tokens)} tokens.`
  return [
    ...columns([[by.toUpperCase(), 'RUNS', 'READ', 'CACHED', 'WRITTEN', 'COST', ''], ...shown, line('all', total, '')]),
    '',
    left,
  ]
}

function nextOf({ today }: Usage): [string, string] {
  return today.costUsd >= today.limits.costUsd || today.tokens >= today.limits.tokens
    ? ['Let today go on', 'runs more']
    : ['Who used it', 'usage --by sender']
}

function localDay(atMs: number): string {
  const at = new Date(atMs)
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
