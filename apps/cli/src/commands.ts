import { row, type Row } from './row.ts'

/** Every command, in the order of the help. */
export const commands: readonly Row[] = [
  row(
    '',
    'Start the gateway, or attach to the running one, and say where to chat.',
    async () => (await import('./commands/start.ts')).start,
  ),
  row(
    'open',
    'Open the chat page in the browser with a fresh one-time link.',
    async () => (await import('./commands/open.ts')).open,
  ),
  row('gateway', 'Run the gateway in the foreground.', async () => (await import('./commands/gateway.ts')).gateway),
  row(
    'gateway restart',
    'Let the running gateway settle what runs and start again.',
    async () => (await import('./commands/gateway.ts')).restart,
  ),
  row(
    'agent',
    'Say one thing to the agent and print its answer.',
    async () => (await import('./commands/agent.ts')).agent,
  ),
  row('chat', 'Talk to the agent in the terminal.', async () => (await import('./commands/chat.ts')).chat),
  row(
    'status',
    'Show the gateway, its agent process, channels, owed work and problems.',
    async () => (await import('./commands/status.ts')).status,
  ),
  row(
    'health',
    'Ask whether the gateway takes and stores messages.',
    async () => (await import('./commands/status.ts')).health,
  ),
  row(
    'doctor',
    'Check this machine and this home, with a remedy for each finding.',
    async () => (await import('./commands/doctor.ts')).doctor,
  ),
  row(
    'security audit',
    'Look for what lets others in, with a stable id for each finding.',
    async () => (await import('./commands/security.ts')).audit,
  ),

  row('sessions list', 'List sessions, last used first.', async () => (await import('./commands/sessions.ts')).list),
  row('sessions show', 'Print what was said in a session.', async () => (await import('./commands/sessions.ts')).show),
  row(
    'sessions verify',
    'Check every line of one journal, or of all.',
    async () => (await import('./commands/sessions.ts')).verify,
  ),
  row(
    'sessions reset',
    'Begin anew in a session; what was said stays in its file.',
    async () => (await import('./commands/sessions-change.ts')).reset,
  ),
  row(
    'sessions compact',
    'Summarise the older part of a session, or take the last summary back.',
    async () => (await import('./commands/sessions-change.ts')).compact,
  ),
  row(
    'sessions erase',
    'Replace what was said by its digests, for good; the file still verifies.',
    async () => (await import('./commands/sessions-change.ts')).erase,
  ),
  row(
    'sessions delete',
    'Delete a session and its journal file.',
    async () => (await import('./commands/sessions-change.ts')).remove,
  ),

  row(
    'channels list',
    'List the channels that are plugged in and their accounts.',
    async () => (await import('./commands/channels.ts')).list,
  ),
  row(
    'channels add',
    'Connect a channel: install it, ask for what it needs, and try it out.',
    async () => (await import('./commands/channels-add.ts')).add,
  ),
  row(
    'channels remove',
    'Disconnect an account for good: forget its login, secrets and settings.',
    async () => (await import('./commands/channels-remove.ts')).remove,
  ),
  row(
    'channels status',
    'Show the link of every account, or of one channel.',
    async () => (await import('./commands/channels.ts')).status,
  ),
  row('channels start', 'Connect an account.', async () => (await import('./commands/channels.ts')).start),
  row(
    'channels stop',
    'Disconnect an account until it is started again.',
    async () => (await import('./commands/channels.ts')).stop,
  ),
  row(
    'channels groups',
    'List the groups that are let in, and those that wrote and are not.',
    async () => (await import('./commands/channels-groups.ts')).groups,
  ),
  row('channels allow', 'Let a group in.', async () => (await import('./commands/channels-groups.ts')).allow),

  row('pairing list', 'List strangers who wait for a yes.', async () => (await import('./commands/pairing.ts')).list),
  row('pairing approve', 'Admit who holds a code.', async () => (await import('./commands/pairing.ts')).approve),
  row('pairing reject', 'Refuse who holds a code.', async () => (await import('./commands/pairing.ts')).reject),

  row(
    'approvals list',
    'List tool calls that wait for a yes.',
    async () => (await import('./commands/approvals.ts')).list,
  ),
  row('approvals approve', 'Allow one tool call.', async () => (await import('./commands/approvals.ts')).approve),
  row('approvals deny', 'Deny one tool call.', async () => (await import('./commands/approvals.ts')).deny),

  row('agents list', 'List the agents and whom they answer.', async () => (await import('./commands/agents.ts')).list),
  row('agents add', 'Add an agent.', async () => (await import('./commands/agents.ts')).add),
  row(
    'agents remove',
    'Take an agent out of the configuration; its files stay.',
    async () => (await import('./commands/agents.ts')).remove,
  ),
  row(
    'agents bind',
    'Let an agent answer a channel, an account, a person or a group.',
    async () => (await import('./commands/agents.ts')).bind,
  ),
  row('agents unbind', 'Take a binding back.', async () => (await import('./commands/agents.ts')).unbind),
  row(
    'models list',
    'List models, the one in use, and what was noticed on this machine.',
    async () => (await import('./commands/models.ts')).list,
  ),
  row('models set', 'Choose the model of an agent.', async () => (await import('./commands/models.ts')).set),
  row(
    'models auth',
    'Store the key of a provider; it is never shown again.',
    async () => (await import('./commands/models-auth.ts')).auth,
  ),
  row('models test', 'Ask a model for one word, for real.', async () => (await import('./commands/models.ts')).test),

  row(
    'skills list',
    'List the skills of an agent, and what keeps one from being used here.',
    async () => (await import('./commands/skills.ts')).list,
  ),
  row(
    'skills check',
    'Check that skills have here what they need.',
    async () => (await import('./commands/skills.ts')).check,
  ),
  row(
    'skills add',
    'Add a skill from a folder, after showing every file of it.',
    async () => (await import('./commands/skills-add.ts')).add,
  ),
  row('skills remove', 'Delete a skill that was added.', async () => (await import('./commands/skills.ts')).remove),

  row(
    'tools list',
    'List the tools, what they may do, and why one is not there.',
    async () => (await import('./commands/tools.ts')).list,
  ),
  row(
    'tools explain',
    'Say which tools somebody has, which rule took the others away, and what to change.',
    async () => (await import('./commands/tools.ts')).explain,
  ),

  row('sandbox list', 'List the sandboxes that are there.', async () => (await import('./commands/sandbox.ts')).list),
  row(
    'sandbox explain',
    'Say where the tools of a session work, and why.',
    async () => (await import('./commands/sandbox.ts')).explain,
  ),
  row(
    'sandbox recreate',
    'End a sandbox, so that the next command gets a fresh one.',
    async () => (await import('./commands/sandbox.ts')).recreate,
  ),
  row(
    'sandbox prune',
    'End the sandboxes in which no command runs.',
    async () => (await import('./commands/sandbox.ts')).prune,
  ),

  row(
    'plugins list',
    'List plugins, their state and what they may do.',
    async () => (await import('./commands/plugins.ts')).list,
  ),
  row(
    'plugins inspect',
    'Show one plugin: state, permissions, what it holds.',
    async () => (await import('./commands/plugins.ts')).inspect,
  ),
  row(
    'plugins reload',
    'Set a plugin up anew, e.g. one that was parked.',
    async () => (await import('./commands/plugins.ts')).reload,
  ),
  row(
    'plugins add',
    'Install a plugin from npm, a folder or a tarball.',
    async () => (await import('./commands/plugins-add.ts')).add,
  ),
  row('plugins remove', 'Uninstall a plugin.', async () => (await import('./commands/plugins-remove.ts')).remove),

  row(
    'config get',
    'Print the configuration, or one key of it; secrets are masked.',
    async () => (await import('./commands/config.ts')).get,
  ),
  row(
    'config set',
    'Change one key and leave every other byte of the file as it is.',
    async () => (await import('./commands/config.ts')).set,
  ),
  row(
    'config secret',
    'Set the password of the gateway, or the secret that a proxy shows it.',
    async () => (await import('./commands/config-secret.ts')).secret,
  ),
  row(
    'config check',
    'Name every problem of the configuration.',
    async () => (await import('./commands/config.ts')).check,
  ),
  row(
    'config schema',
    'Print the JSON Schema of the configuration.',
    async () => (await import('./commands/config.ts')).schema,
  ),
  row('config path', 'Print where the configuration stands.', async () => (await import('./commands/config.ts')).path),

  row(
    'route explain',
    'Say which agent and session a message would reach, and why.',
    async () => (await import('./commands/route.ts')).explain,
  ),
  row(
    'deliveries list',
    'List what is owed to peers, what is held, and what was given up.',
    async () => (await import('./commands/deliveries.ts')).list,
  ),
  row(
    'deliveries retry',
    'Send what is held, or try again what was given up.',
    async () => (await import('./commands/deliveries.ts')).retry,
  ),
  row('deliveries drop', 'Give a delivery up for good.', async () => (await import('./commands/deliveries.ts')).drop),
  row('runs list', 'List runs that were given up and kept.', async () => (await import('./commands/runs.ts')).list),
  row('runs resume', 'Ask again what a parked run was asked.', async () => (await import('./commands/runs.ts')).resume),
  row('runs drop', 'Forget a parked run for good.', async () => (await import('./commands/runs.ts')).drop),
  row('runs more', 'Let go on what reached its limit.', async () => (await import('./commands/runs.ts')).more),
  row('cron list', 'List reminders and jobs, next one first.', async () => (await import('./commands/cron.ts')).list),
  row(
    'cron add',
    'Add a job: what the agent is told, when, and where its answer goes.',
    async () => (await import('./commands/cron.ts')).add,
  ),
  row('cron edit', 'Change a job, pause it, or let it go on.', async () => (await import('./commands/cron.ts')).edit),
  row('cron remove', 'Remove a job and its history.', async () => (await import('./commands/cron.ts')).remove),
  row('cron run', 'Carry a job out now.', async () => (await import('./commands/cron.ts')).run),
  row(
    'cron history',
    'Show what came of the moments of a job.',
    async () => (await import('./commands/cron.ts')).history,
  ),

  row(
    'mcp list',
    'List MCP servers, with what is known of their tools.',
    async () => (await import('./commands/mcp.ts')).list,
  ),
  row('mcp test', 'Start an MCP server and ask for its tools.', async () => (await import('./commands/mcp.ts')).test),

  row(
    'usage',
    'Show tokens, cache share and money, by day, agent, session, person or model.',
    async () => (await import('./commands/usage.ts')).usage,
  ),

  row('tokens list', 'List tokens, without their secrets.', async () => (await import('./commands/tokens.ts')).list),
  row(
    'tokens create',
    'Make a token for another program; it is shown once.',
    async () => (await import('./commands/tokens.ts')).create,
  ),
  row(
    'tokens rotate',
    'Replace the secret of a token; the old one ends at once.',
    async () => (await import('./commands/tokens.ts')).rotate,
  ),
  row(
    'tokens revoke',
    'End a token and close its connections.',
    async () => (await import('./commands/tokens.ts')).revoke,
  ),

  row(
    'backup',
    'Write everything into one file, also while the gateway runs.',
    async () => (await import('./commands/backup.ts')).backup,
  ),
  row('restore', 'Make an empty home what a backup says.', async () => (await import('./commands/restore.ts')).restore),
  row(
    'restore finish',
    'Let the channels of a restored home start: the old gateway is off.',
    async () => (await import('./commands/restore.ts')).finish,
  ),

  row('logs', 'Print the end of the log.', async () => (await import('./commands/logs.ts')).logs),
  row('help', 'Show the commands, or the help of one.', async () => (await import('./commands/help.ts')).help),
]

/** The row that the first words name, and what is left of them. */
export function findRow(words: readonly string[]): { row: Row; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const found = words.length >= length ? commands.find((row) => row.name === name && name !== '') : undefined
    if (found) return { row: found, rest: words.slice(length) }
  }
  return undefined
}

/** The rows whose first word is this: `sessions` has six. */
export function groupOf(word: string): readonly Row[] {
  return commands.filter((row) => row.name.startsWith(`${word} `))
}
