import { failure } from '@openclaw/protocol'
import { defineCommand } from '../command.ts'
import { readSkillFolder } from '../skills/folder.ts'
import { isManaged, putSkill } from '../skills/managed.ts'
import { columns, oneLine } from '../terminal.ts'

export const add = defineCommand({
  takes: { folder: { about: 'A folder with a SKILL.md' } },
  options: {
    replace: { type: 'boolean', about: 'Take the place of a skill of the same name' },
    yes: { type: 'boolean', short: 'y', about: 'Do not ask' },
  },
  details:
    'Every file is shown with its size before anything is copied, and what was shown is what is copied. Links are refused. All agents have\nthe skill then; one of the same name in a workspace comes before it.',
  example: './weather',
  async run({ folder, replace, yes }, cli) {
    const skill = await readSkillFolder(folder)
    const { name, description, files } = skill
    const before = await isManaged(cli.home, name)
    if (before && !replace)
      throw failure('conflict', `There is a skill "${name}" already; give --replace to put this one in its place.`)
    const { terminal } = cli
    terminal.tell(oneLine(`${name}: ${description}`, 400))
    const rows = files.map(({ path, content, executable }) => [
      path,
      `${content.length} bytes`,
      executable ? 'runs' : '',
    ])
    for (const line of columns([['FILE', 'SIZE', ''], ...rows])) terminal.tell(line)
    if (!yes) {
      const question = `The agent will follow it${before ? ', in place of the one that is there' : ''}. Add it? [y/N] `
      const answer = await terminal.ask(question, cli.untilStopped())
      if (answer === undefined)
        throw failure(
          'aborted',
          'Nothing was added: the agent follows what a skill says, so it wants a yes. Give --yes.',
        )
      if (!/^y(es)?$/i.test(answer.trim())) throw failure('aborted', 'Nothing was added.')
    }
    await putSkill(cli.home, skill)
    return {
      value: { name, replaced: before, files: files.map(({ path, content }) => ({ path, bytes: content.length })) },
      text: `The skill ${name} is ${before ? 'replaced' : 'added'}.`,
      next: ['See whether it has what it needs here', `skills check ${name}`],
    }
  },
})
