import { nearest } from '../config/suggest.ts'
import type { Answer, Invocation } from './command.ts'

/** Lists the skills that can be used here, or has the agent use one for what stands behind its name. */
export async function useSkill({ argument, from: { agent, role }, parts }: Invocation): Promise<Answer> {
  const { skills } = await parts.call('skills.list', { agent })
  if (argument === '') {
    const lines = skills
      .filter(({ missing }) => missing.length === 0)
      .map(({ name, description }) => `- \`${name}\` ${description}`)
    return {
      reply:
        lines.length > 0
          ? ['Use one with `/skill NAME WHAT`:', ...lines].join('\n')
          : 'There are no skills to use here.',
    }
  }
  // Names may hold spaces, so that `tea` and `tea time` are told apart by the longer one.
  const [skill] = skills
    .filter(({ name }) => `${argument} `.toLowerCase().startsWith(`${name.toLowerCase()} `))
    .toSorted((a, b) => b.name.length - a.name.length)
  if (!skill) {
    const word = argument.split(/\s/)[0]!
    const near = nearest(
      word,
      skills.map(({ name }) => name),
    )
    return {
      reply: `There is no skill \`${word}\`${near ? `; did you mean \`${near}\`?` : '.'} \`/skill\` lists what there is.`,
    }
  }
  const { name, missing } = skill
  if (missing.length > 0) {
    // How the gateway is set up is the owner's business.
    const why = role === 'owner' ? `: it needs ${missing.join('; ')}` : ''
    return { reply: `The skill \`${name}\` cannot be used here${why}.` }
  }
  const what = argument.slice(name.length).trim()
  return { message: what ? `Use the skill ${name}: ${what}` : `Use the skill ${name}.` }
}
