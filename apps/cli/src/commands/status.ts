import { defineCommand } from '../command.ts'
import { exits } from '../exits.ts'
import { ago, columns, count, oneLine, printable, span } from '../terminal.ts'

export const status = defineCommand({
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const now = await gateway.call('status', {})
    const { agentProcess: agent, owed } = now
    const waits = [
      owed.accepts > 0 && `${count(owed.accepts, 'message')} to answer`,
      owed.deliveries > 0 && `${count(owed.deliveries, 'delivery', 'deliveries')} to make`,
      owed.held > 0 && `${count(owed.held, 'delivery', 'deliveries')} held`,
      owed.dead > 0 && `${count(owed.dead, 'delivery', 'deliveries')} given up`,
      owed.parked > 0 && `${count(owed.parked, 'parked run')}`,
      owed.approvals > 0 && `${count(owed.approvals, 'approval')}`,
      owed.pairings > 0 && `${count(owed.pairings, 'pairing request')}`,
    ].filter((part) => part !== false)
    const problems = now.problems.map((problem) => cli.pasteable(printable(problem)))
    return {
      value: now,
      text: [
        `Gateway   ${now.address}, version ${now.version}, process ${now.pid}, up ${span(now.uptimeMs)}, ${Math.round(now.memoryMb)} MB`,
        `Home      ${now.home}`,
        `Agent     ${agent.state}${agent.pid ? `, process ${agent.pid}` : ''}${agent.restarts ? `, restarted ${count(agent.restarts, 'time')}` : ''}${agent.reason ? `: ${oneLine(agent.reason, 200)}` : ''}`,
        `Model     ${oneLine(now.model)}`,
        `Sessions  ${now.sessions}, ${now.running} running`,
        `Waiting   ${waits.length > 0 ? waits.join(', ') : 'nothing'}`,
        ...now.accounts.map(
          (one) =>
            `Channel   ${one.channel}/${one.account}: ${one.state} for ${ago(one.since)}${one.detail ? `, ${oneLine(one.detail, 200)}` : ''}`,
        ),
        ...problems.map((problem) => `Problem   ${problem}`),
      ],
      next:
        owed.pairings > 0
          ? ['Who waits', 'pairing list']
          : owed.approvals > 0
            ? ['What waits', 'approvals list']
            : now.waits !== undefined
              ? ['When the old gateway is off', 'restore finish']
              : owed.parked > 0
                ? ['Which runs', 'runs list']
                : owed.held + owed.dead > 0
                  ? ['Which deliveries', 'deliveries list']
                  : problems.length > 0
                    ? ['A closer look', 'doctor']
                    : ['Chat', 'open'],
    }
  },
})

export const health = defineCommand({
  details: `Exit code ${exits.unavailable[0]} when it does not, ${exits.noGateway[0]} when none is running.`,
  example: '--json',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const now = await gateway.call('health', {})
    return {
      value: now,
      text: columns([
        [
          now.ready ? 'ready' : 'not ready',
          now.address,
          `process ${now.pid}`,
          `up ${span(now.uptimeMs)}`,
          ...(now.reason ? [now.reason] : []),
        ],
      ]),
      next: now.ready ? ['More', 'status'] : ['Why', 'doctor'],
      exit: now.ready ? exits.ok[0] : exits.unavailable[0],
    }
  },
})
