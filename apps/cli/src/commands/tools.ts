import type { MethodResult } from '@openclaw/protocol'
import { defineCommand } from '../command.ts'
import { columns, printable } from '../terminal.ts'

type Explained = MethodResult<'tools.explain'>

export const list = defineCommand({
  options: { session: { type: 'text', value: 'KEY', about: 'As they are in this session; in your own when absent' } },
  example: '',
  async run({ session }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('tools.list', session === undefined ? {} : { session })
    const rows = answer.tools.map(({ name, plugin, effect, available, reason = '' }) => [
      name,
      plugin,
      effect,
      available ? 'yes' : 'no',
      printable(reason),
    ])
    return {
      value: answer,
      text:
        rows.length > 0 ? columns([['TOOL', 'PLUGIN', 'EFFECT', 'HERE', 'WHY NOT'], ...rows]) : 'There are no tools.',
      next:
        rows.length > 0
          ? ['What decides that', `tools explain${session === undefined ? '' : ` --session ${cli.quote(session)}`}`]
          : ['Add some', 'plugins add @openclaw/tool-files'],
    }
  },
})

export const explain = defineCommand({
  options: {
    agent: { type: 'text', value: 'ID', about: 'For this agent; the one that would answer when absent' },
    channel: { type: 'text', value: 'ID', about: 'On this channel' },
    account: { type: 'text', value: 'ID', about: 'On this account of it; default when absent' },
    sender: { type: 'text', value: 'ID', about: 'For who has this stable id there; for the owner when absent' },
    session: { type: 'text', value: 'KEY', about: 'In this session, for who is in it; instead of all others' },
  },
  details:
    'Rules stand under tools, agents.ID.tools, channels.ID.tools, channels.ID.toolsBySender and sessions.tools. Each of them only takes away.',
  example: '--channel telegram --sender 4711',
  async run({ agent, channel, account, sender, session }, cli) {
    const gateway = await cli.gateway()
    const given = Object.entries({ agent, channel, account, sender, session })
    const params = Object.fromEntries(given.filter(([, value]) => value !== undefined))
    const answer = await gateway.call('tools.explain', params)
    return { value: answer, text: describe(answer), next: nextOf(answer, cli.quote) }
  },
})

function describe({ agent, role, session, on, rules, tools, idle }: Explained): string[] {
  const place = {
    machine: 'on this machine',
    sandbox: 'in a sandbox',
    nothing: 'nowhere: they need a sandbox, and there is none',
  }
  const rows = tools.map(({ name, effect, available, reason = '', path, change }) => [
    name,
    effect,
    available ? 'yes' : 'no',
    printable(path === undefined ? reason : `${path}: ${change ?? reason}`),
  ])
  return [
    `Agent    ${agent}`,
    `For      ${role === 'owner' ? 'the owner' : `a ${role}`}`,
    ...(session === undefined ? [] : [`Session  ${printable(session)}`]),
    `Writing and commands work ${place[on]}.`,
    ...(rules.length > 0 ? ['Rules, each of which only takes away:'] : ['No rule takes a tool away.']),
    ...rules.map(({ path, ...rule }) => `  ${printable(path)}  ${printable(JSON.stringify(rule))}`),
    '',
    ...columns([['TOOL', 'EFFECT', 'HERE', 'WHAT TOOK IT AWAY, AND WHAT TO CHANGE'], ...rows]),
    ...idle.map(
      ({ path, rule, meant }) =>
        `${printable(path)}: no tool here is called ${printable(JSON.stringify(rule))}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    ),
  ]
}

/** To the rule of the first tool that a rule took away. */
function nextOf({ tools, rules, on }: Explained, quote: (word: string) => string): [string, string] {
  const path = tools.find((tool) => tool.path !== undefined)?.path
  const rule = rules.find((one) => path?.startsWith(one.path))
  if (rule) return ['The rule', `config get ${quote(rule.path)}`]
  return on === 'nothing'
    ? ['Plugins that bring a sandbox', 'plugins list']
    : ['Take one away', `config set tools.deny ${quote('["bash"]')}`]
}
