import { mayUse, type Answer, type Invocation } from './command.ts'
import { chatCommands, type Command } from './table.ts'

export async function help({ from }: Invocation): Promise<Answer> {
  const lines = chatCommands
    .filter(({ role }) => mayUse(from.role, role))
    .map(
      (command: Command) => `- \`/${command.name}${command.argument ? ` ${command.argument}` : ''}\` ${command.about}`,
    )
  return { reply: ['Anything else you write is for the agent.', ...lines].join('\n') }
}

export async function whoami({ from }: Invocation): Promise<Answer> {
  const { channel, account, event, role, session } = from
  const rows = [
    `- id: \`${event.sender.id}\`${event.sender.name ? ` (${event.sender.name})` : ''}`,
    `- role: ${role}`,
    `- chat: ${channel}/${account}, ${event.peer.kind} \`${event.peer.id}\``,
    ...(role === 'owner' ? [`- session: \`${session}\``] : []),
  ]
  return { reply: rows.join('\n') }
}

export async function status({ from, parts }: Invocation): Promise<Answer> {
  const { session, agent } = from
  const { version, uptimeMs, owed } = await parts.call('status', {})
  const known = await parts.call('sessions.get', { session }).catch(() => undefined)
  const { current } = await parts.call('models.list', {})
  const waiting = parts.waiting(session)
  const rows = [
    `- agent: ${parts.agentName(agent)}`,
    `- model: ${known?.settings.model ?? current}, thinking ${known?.settings.thinking ?? 'as the agent is set'}`,
    `- now: ${parts.running(session) ? 'at work' : 'idle'}${waiting > 0 ? `, ${waiting} messages wait` : ''}`,
    `- gateway: ${version}, up ${duration(uptimeMs)}`,
    ...(from.role === 'owner' && owed.approvals > 0 ? [`- ${owed.approvals} calls wait for your yes`] : []),
  ]
  return { reply: rows.join('\n') }
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}
