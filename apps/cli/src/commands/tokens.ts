import type { MethodParams } from '@openclaw/protocol'
import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { ago, columns } from '../terminal.ts'

type Right = MethodParams<'tokens.create'>['rights'][number]
const rights: readonly Right[] = ['read', 'write', 'admin', 'pairing']
const id = { about: 'The id that tokens list shows' }
const dayMs = 86_400_000

export const list = defineCommand({
  example: '',
  async run(_given, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('tokens.list', {})
    const rows = answer.tokens.map((one) => [
      one.id,
      one.name,
      one.role,
      one.rights.join(' '),
      one.expiresAt === undefined ? 'never' : new Date(one.expiresAt).toISOString().slice(0, 10),
      one.lastUsedAt === undefined ? 'never' : ago(one.lastUsedAt),
    ])
    return {
      value: answer,
      text: columns([['ID', 'NAME', 'ROLE', 'RIGHTS', 'ENDS', 'LAST USED'], ...rows]),
      next: ['Make one', 'tokens create phone --rights read,write'],
    }
  },
})

export const create = defineCommand({
  takes: { name: { about: 'What it is for' } },
  options: {
    rights: {
      type: 'text',
      value: 'LIST',
      about: 'What it may do, separated by commas, of read, write, admin, pairing; read,write when absent',
    },
    role: { type: 'text', choices: ['owner', 'member', 'guest'], about: 'Whose work it does' },
    days: { type: 'number', value: 'N', about: 'Ends after so many days; never when absent' },
  },
  example: 'phone --rights read,write --days 90',
  async run({ name, rights: list, role, days }, cli) {
    if (days !== undefined && days <= 0) throw usage('--days is more than 0.')
    const gateway = await cli.gateway()
    const answer = await gateway.call('tokens.create', {
      name,
      rights: readRights(list ?? 'read,write'),
      ...(role === undefined ? {} : { role }),
      ...(days === undefined ? {} : { expiresInMs: Math.ceil(days * dayMs) }),
    })
    return { value: answer, text: minted(answer), next: ['End it', `tokens revoke ${answer.info.id}`] }
  },
})

export const rotate = defineCommand({
  takes: { id },
  example: '01j8z3k5',
  async run({ id }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('tokens.rotate', { id })
    return { value: answer, text: minted(answer), next: ['All tokens', 'tokens list'] }
  },
})

export const revoke = defineCommand({
  takes: { id },
  example: '01j8z3k5',
  async run({ id }, cli) {
    const gateway = await cli.gateway()
    const answer = await gateway.call('tokens.revoke', { id })
    return { value: answer, text: `${id} is ended.`, next: ['All tokens', 'tokens list'] }
  },
})

function readRights(list: string): Right[] {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
  const wrong = words.find((word) => !(rights as readonly string[]).includes(word))
  if (wrong !== undefined || words.length === 0)
    throw usage(
      `--rights takes ${rights.join(', ')}, separated by commas${wrong === undefined ? '' : `, not "${wrong}"`}.`,
    )
  return words as Right[]
}

function minted({
  token,
  info,
}: {
  token: string
  info: { id: string; name: string; rights: readonly string[] }
}): string[] {
  return [token, `This is shown once. ${info.name} (${info.id}) may ${info.rights.join(', ')}.`]
}
