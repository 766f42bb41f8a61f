import { failure, type MethodResult } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { exits } from '../exits.ts'
import { isManaged, removeSkill } from '../skills/managed.ts'
import { columns } from '../terminal.ts'

type Skill = MethodResult<'skills.list'>['skills'][number]

const agent = { type: 'text', value: 'ID', about: 'Skills of this agent; of the default one when absent' } as const

export const list = defineCommand({
  options: { agent },
  example: '',
  async run(given, cli) {
    const answer = await ask(given.agent, cli)
    return {
      value: answer,
      text: answer.skills.length > 0 ? table(answer.skills) : 'There are no skills.',
      next: ['Add one from a folder', 'skills add ./my-skill'],
    }
  },
})

export const check = defineCommand({
  takes: { name: { about: 'The skill; all when absent', optional: true } },
  options: { agent },
  details:
    'Exits with 1 when one of them lacks something here: a program, an environment variable, a setting, the system.',
  example: '',
  async run({ name, ...given }, cli) {
    const answer = await ask(given.agent, cli)
    const skills = answer.skills.filter((skill) => name === undefined || skill.name === name)
    if (name !== undefined && skills.length === 0)
      throw failure('not_found', `There is no skill "${name}"; ${cli.command('skills list')} shows them.`)
    return {
      value: { ...answer, skills },
      text: skills.length > 0 ? table(skills) : 'There are no skills.',
      exit: skills.some(({ missing }) => missing.length > 0) ? exits.failed[0] : exits.ok[0],
    }
  },
})

export const remove = defineCommand({
  takes: { name: { about: 'A skill that was added; those of a workspace are its own' } },
  options: { yes: { type: 'boolean', short: 'y', about: 'Do not ask' } },
  example: 'weather --yes',
  async run({ name, yes }, cli) {
    if (!(await isManaged(cli.home, name)))
      throw failure('not_found', `No skill "${name}" was added; ${cli.command('skills list')} shows where each lies.`)
    await confirm(`Delete the skill ${name} and its files?`, yes, cli)
    await removeSkill(cli.home, name)
    return { value: { name, removed: true }, text: `The skill ${name} is gone.`, next: ['What is left', 'skills list'] }
  },
})

async function ask(agent: string | undefined, cli: Cli): Promise<MethodResult<'skills.list'>> {
  const gateway = await cli.gateway()
  return await gateway.call('skills.list', agent === undefined ? {} : { agent })
}

function table(skills: readonly Skill[]): string[] {
  const rows = skills.map(({ name, description, file, missing }) => [
    name,
    missing.length === 0 ? 'ready' : `needs ${missing.join('; ')}`,
    description,
    file,
  ])
  return columns([['SKILL', 'STATE', 'ABOUT', 'FILE'], ...rows])
}
