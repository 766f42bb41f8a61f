import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Order } from '../plugin/channel.ts'
import { startJoined, type Joined } from './joined.ts'
import type { Measured } from './load.ts'
import { asPublished } from './published.ts'

/** Installs a plugin of this workspace into a home by a link, as `plugins add` does with a folder. */
export const linkPlugin = (home: string, folder: string): Promise<void> => linkPlugins(home, [folder])

/** Installs several of them. */
export async function linkPlugins(home: string, folders: readonly string[]): Promise<void> {
  const dependencies: Record<string, string> = {}
  await mkdir(join(home, 'plugins'), { recursive: true })
  for (const folder of folders) {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name: string }
    const link = join(home, 'plugins/node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    const built = await asPublished(folder)
    await symlink(built, link, 'junction')
    dependencies[name] = `link:${built}`
  }
  await writeFile(join(home, 'plugins/package.json'), JSON.stringify({ dependencies }))
}

/** A gateway over a home of its own, whose people are the bench's. */
export interface House extends Joined {
  readonly home: string
  /** Lets the people of an account write, and resolves with how long it took. */
  order(order: Order, account?: string): Promise<Measured>
}

/** Opens one with the bench's own plugin in it, and waits until all its accounts are connected. */
export async function openHouse(
  home: string,
  model: 'instant' | 'silent',
  accounts: readonly string[] = ['default'],
): Promise<House> {
  await linkPlugin(home, join(import.meta.dirname, '../plugin'))
  await writeFile(
    join(home, 'openclaw.json'),
    JSON.stringify({
      agents: { main: { model: `bench/${model}` } },
      // In the gateway itself, like a plugin of ours.
      plugins: { bench: { isolation: 'none' } },
      channels: {
        bench: { dm: { policy: 'open' }, accounts: Object.fromEntries(accounts.map((account) => [account, {}])) },
      },
      limits: { perDay: { tokens: 1e12, costUsd: 1e9 } },
    }),
  )
  const joined = await startJoined(home, accounts.length)
  return {
    ...joined,
    home,
    async order(order, account = 'default') {
      const url = new URL(`webhooks/bench/${account}`, joined.gateway.url)
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify(order) })
      if (!answer.ok) throw new Error(`the order was not taken: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as Measured
    },
  }
}
