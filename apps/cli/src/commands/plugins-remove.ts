import { failure } from '@openclaw/protocol'
import { bundled } from '../bundled.ts'
import { defineCommand } from '../command.ts'
import { asPlugin } from '../plugins/manifest.ts'
import { reload } from '../plugins/reload.ts'
import { officialNames } from '../plugins/spec.ts'
import { openTree } from '../plugins/tree.ts'

export const remove = defineCommand({
  takes: { plugin: { about: 'Its id or its npm name' } },
  details: 'Its settings and what it keeps in the home stay.',
  example: 'telegram',
  async run({ plugin: word }, cli) {
    const tree = cli.scope.use(await openTree(cli.home, cli.untilStopped()))
    const found = await find()
    if (!found) {
      const own = bundled.find(
        (one) => one.package.name === word || (one.package.openclaw as { id: string }).id === word,
      )
      if (own)
        throw failure(
          'conflict',
          `${own.package.name} comes with openclaw and cannot be removed; turn it off: \`openclaw config set plugins.${(own.package.openclaw as { id: string }).id}.enabled false\``,
        )
      throw failure('not_found', `No plugin "${word}" is installed; ${cli.command('plugins list')} shows them.`)
    }
    await tree.remove(found.name)
    await reload(found.id, cli)
    return {
      value: { name: found.name, id: found.id, removed: true },
      text: `${found.name} is removed; its settings stay.`,
      next: ['What is left', 'plugins list'],
    }

    async function find(): Promise<{ name: string; id: string } | undefined> {
      for (const name of Object.keys(await tree.installed())) {
        const packageJson = await tree.read(name)
        const id = (packageJson && asPlugin(packageJson))?.manifest.id ?? name
        if (name === word || id === word || (name.startsWith('@openclaw/') && officialNames(word).includes(name)))
          return { name, id }
      }
      return undefined
    }
  },
})
