import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { failure } from '@openclaw/protocol'
import { atRest } from '../backup/rest.ts'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { exits } from '../exits.ts'
import { readSecret } from '../secret.ts'
import { count } from '../terminal.ts'

export const restore = defineCommand({
  takes: { file: { about: 'A file that backup wrote' } },
  options: {
    'no-credentials': { type: 'boolean', about: 'Without the tokens, keys and logins that are in it' },
  },
  details:
    'The home must be empty or missing: name another one with --home. It gets an id of its own. Nothing that was owed is sent by itself:\ndeliveries list and runs list show it. Channels wait until restore finish. The passphrase is asked for or read from stdin.',
  example: 'openclaw.tar.gz --home /srv/openclaw',
  async run({ file, 'no-credentials': without }, cli) {
    const [{ realPlatform }, { openBackup, restoreBackup }] = await Promise.all([
      import('@openclaw/kernel'),
      import('@openclaw/kernel/backup'),
    ])
    const platform = realPlatform()
    const path = resolve(file)
    const { manifest } = await openBackup(path, platform).then(async (backup) => {
      await backup[Symbol.asyncDispose]()
      return backup
    })
    const passphrase =
      manifest.credentials && !without ? await readSecret('Passphrase of the credentials', cli) : undefined
    using _ = cli.terminal.progress('Restoring')
    const tell = (text: string) => cli.terminal.tell(text)
    const log = { debug() {}, info() {}, warn: tell, error: tell }
    const report = await restoreBackup({ file: path, home: cli.home, passphrase, platform, log })
    const plugins = await installed(cli.home)
    return {
      value: { ...report, plugins },
      text: [
        `${cli.home} is what the backup of ${new Date(report.backupAt).toISOString()} says: ${count(report.sessions, 'session')}, ${count(report.files, 'file')}.`,
        report.whole
          ? 'Every line of every session is whole.'
          : `Some lines are damaged; every intact one is there. Which: ${cli.command('sessions verify')}`,
        ...(report.credentials ? [] : ['Tokens, keys and logins are not in it: set up providers and channels again.']),
        ...plugins.map((name) => `A plugin is to be installed again: ${cli.command(`plugins add ${cli.quote(name)}`)}`),
        ...(report.held > 0 ? [`Held for you to send or drop: ${count(report.held, 'delivery', 'deliveries')}.`] : []),
        ...(report.parked > 0 ? [`Held for you to resume or drop: ${count(report.parked, 'run')}.`] : []),
        `Channels wait. When the gateway that the backup was made of is off for good: ${cli.command('restore finish')}`,
      ],
      next: ['Start it', ''],
      exit: report.whole ? exits.ok[0] : exits.failed[0],
    }
  },
})

export const finish = defineCommand({
  options: { yes: { type: 'boolean', short: 'y', about: 'Do not ask' } },
  details:
    'Two gateways with the same accounts take messages from each other and answer twice. Works with no gateway running, too.',
  example: '--yes',
  async run({ yes }, cli) {
    await confirm('Is the gateway that the backup was made of off for good?', yes, cli)
    const gateway = await cli.findGateway()
    const value = gateway ? await gateway.call('restore.finish', {}) : await finishAlone(cli)
    return {
      value,
      text: gateway ? 'Channels connect now.' : 'Channels connect at the next start.',
      next: gateway ? ['How they are', 'channels status'] : ['Start it', ''],
    }
  },
})

async function finishAlone(cli: Cli): Promise<{ ok: true }> {
  const [{ realPlatform }, { openHome }] = await Promise.all([
    import('@openclaw/kernel'),
    import('@openclaw/kernel/backup'),
  ])
  return await atRest(cli, async () => {
    const place = await openHome({ home: cli.home, platform: realPlatform() })
    if (place.waits === undefined) throw failure('conflict', `Channels of ${cli.home} wait for nothing.`)
    await place.finish()
    return { ok: true }
  })
}

/** Packages of the plugins that the home names and that no backup carries. */
async function installed(home: string): Promise<string[]> {
  const text = await readFile(join(home, 'plugins', 'package.json'), 'utf8').catch(() => '{}')
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> }
  return Object.keys(dependencies)
}
