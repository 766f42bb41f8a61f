import type { MethodResult } from '@openclaw/protocol'
import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { columns } from '../terminal.ts'

type Explained = MethodResult<'sandbox.explain'>

const who = {
  off: 'nobody, so that those who are not the owner change and run nothing',
  'non-owner': 'everybody but the owner in a direct chat',
  all: 'everybody',
} as const
const together = { session: 'one for each session', agent: 'one for each agent', shared: 'one for all' } as const
const place = {
  machine: 'on this machine',
  sandbox: 'in a sandbox',
  nothing: 'nowhere: what changes or runs things is refused',
} as const

export const list = defineCommand({
  details: 'Containers are kept between commands; bubblewrap keeps none, so it has none to show.',
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('sandbox.list', {})
    const rows = answer.sandboxes.map((one) => [
      one.name,
      one.key,
      one.busy > 0 ? `${one.busy} running` : 'idle',
      new Date(one.createdAt).toISOString(),
      new Date(one.usedAt).toISOString(),
      one.detail,
    ])
    return {
      value: answer,
      text:
        rows.length > 0
          ? columns([['NAME', 'FOR', 'COMMANDS', 'MADE', 'USED', 'FROM'], ...rows])
          : answer.plugins.length > 0
            ? `There is none now. The next command that needs one gets it from ${answer.plugins.join(', else ')}.`
            : 'There is none, and no plugin that makes some.',
      next:
        answer.plugins.length > 0
          ? ['Where the tools of a session work', 'sandbox explain']
          : ['Add one that makes them', 'plugins add sandbox-docker'],
    }
  },
})

export const explain = defineCommand({
  takes: { session: { about: 'Its key; your own chat when absent', optional: true } },
  example: 'agent:main:telegram:default:user123',
  async run({ session }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('sandbox.explain', session === undefined ? {} : { session })
    return {
      value: answer,
      text: describe(answer),
      next:
        answer.on === 'nothing'
          ? ['Which plugins are there', 'plugins list']
          : ['Sandboxes that are there', 'sandbox list'],
    }
  },
})

export const recreate = defineCommand({
  takes: { session: { about: 'Its key', optional: true } },
  options: { all: { type: 'boolean', about: 'Those of all sessions' } },
  details: 'Commands that run in them are killed; the next command gets a fresh one. Workspaces stay.',
  example: '--all',
  async run({ session, all }, cli) {
    if (all === (session !== undefined)) throw usage('Name one session, or give --all.')
    const gateway = await cli.gateway()
    const answer = await gateway.call('sandbox.recreate', session === undefined ? { all: true } : { session })
    return { value: answer, text: removed(answer), next: ['Sandboxes that are there', 'sandbox list'] }
  },
})

export const prune = defineCommand({
  details: 'Those in which a command runs stay. Workspaces stay.',
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('sandbox.prune', {})
    return { value: answer, text: removed(answer), next: ['Sandboxes that are there', 'sandbox list'] }
  },
})

function describe(answer: Explained): string[] {
  const { session, agent, role, mode, sharing, workspace, on, reason, plugin, key, root, mounts = [] } = answer
  return [
    `Tools of ${session} work ${place[on]}.`,
    ...(reason === undefined ? [] : ['', `Why: ${reason}.`]),
    '',
    ...columns([
      ['agent', agent],
      ['lowest role with a word in it', role],
      ['sandbox.mode', `${mode}: a sandbox is for ${who[mode]}`],
      ['sandbox.sharing', `${sharing}: ${together[sharing]}`],
      ['sandbox.workspace', workspace],
      ...(plugin === undefined ? [] : [['made by', plugin]]),
      ...(key === undefined ? [] : [['shared by all of', key]]),
      ...(root === undefined ? [] : [['works in', root]]),
      ...mounts.map(({ folder, target, access }) => [
        'sees',
        `${folder} as ${target}, ${access === 'rw' ? 'to change' : 'to read'}`,
      ]),
    ]),
  ]
}

function removed({ removed: gone }: MethodResult<'sandbox.prune'>): string {
  if (gone.length === 0) return 'There was none to remove.'
  return `Removed: ${gone.map(({ name }) => name).join(', ')}.`
}
