import { defineCommand } from '../command.ts'
import { columns, oneLine, span } from '../terminal.ts'

const id = { about: 'The id that approvals list shows' }

export const list = defineCommand({
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('approvals.list', {})
    const first = answer.approvals[0]
    const rows = answer.approvals.map((one) => [
      one.id,
      one.tool,
      oneLine(one.subject, 80),
      one.reason,
      one.session,
      span(one.expiresAt - Date.now()),
    ])
    return {
      value: answer,
      text: first
        ? columns([['ID', 'TOOL', 'WHAT', 'WHY IT ASKS', 'SESSION', 'ENDS IN'], ...rows])
        : 'Nothing waits for a yes.',
      next: first ? ['Allow it', `approvals approve ${first.id}`] : ['What is going on', 'status'],
    }
  },
})

export const approve = defineCommand({
  takes: { id },
  details: 'Good for exactly this call with exactly these arguments, once.',
  example: '01j8z3k5',
  run: async ({ id }, cli) => await resolve(id, 'allow', await cli.gateway()),
})

export const deny = defineCommand({
  takes: { id },
  example: '01j8z3k5',
  run: async ({ id }, cli) => await resolve(id, 'deny', await cli.gateway()),
})

async function resolve(
  id: string,
  verdict: 'allow' | 'deny',
  gateway: Awaited<ReturnType<import('../cli.ts').Cli['gateway']>>,
) {
  const answer = await gateway.call('approvals.resolve', { id, verdict })
  return {
    value: answer,
    text: `${id}: ${verdict === 'allow' ? 'allowed' : 'denied'}.`,
    next: ['What else waits', 'approvals list'] as const,
  }
}
