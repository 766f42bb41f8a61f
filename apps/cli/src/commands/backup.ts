import { resolve } from 'node:path'
import type { MethodResult } from '@openclaw/protocol'
import { choosePassphrase } from '../backup/passphrase.ts'
import { atRest } from '../backup/rest.ts'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { version } from '../program.ts'
import { openSettings } from '../settings.ts'
import { count, printable } from '../terminal.ts'

/** A large home takes its time; Ctrl-C ends it. */
const longestMs = 24 * 3_600_000

export const backup = defineCommand({
  takes: { file: { about: 'The file to write, e.g. openclaw.tar.gz; outside of the home' } },
  options: {
    credentials: {
      type: 'boolean',
      about: 'With tokens, keys and logins, encrypted with a passphrase that is asked for or read from stdin',
    },
    'no-media': { type: 'boolean', about: 'Without the files of messages' },
    force: { type: 'boolean', about: 'Replace an earlier backup of that name' },
  },
  details:
    'Works while the gateway runs, and with none running. Settings, sessions, owed work, allowlists, workspaces, skills and the list of\nplugins are in it, as they are at one moment; logs never. The file is for you alone: it holds what was said.',
  example: 'openclaw.tar.gz --credentials',
  async run({ file, credentials, 'no-media': withoutMedia, force }, cli) {
    const wish = {
      file: resolve(file),
      media: !withoutMedia,
      replace: force,
      ...(credentials ? { passphrase: await choosePassphrase(cli) } : {}),
    }
    using _ = cli.terminal.progress('Writing the backup')
    const gateway = await cli.findGateway()
    const written = gateway
      ? await gateway.call('backup.create', wish, { timeoutMs: longestMs })
      : await writeAlone(wish, cli)
    return {
      value: written,
      text: [
        `${written.file} has everything of ${cli.home}: ${count(written.sessions, 'session')}, ${count(written.files, 'file')}, ${size(written.bytes)}.`,
        ...written.leftOut.map((one) => `Not in it: ${printable(one)}.`),
        ...(written.credentials ? [] : ['Not in it: tokens, keys and logins. With --credentials they are, encrypted.']),
      ],
      next: ['What was said so far', 'sessions list'],
    }
  },
})

async function writeAlone(
  wish: { readonly file: string; readonly passphrase?: string },
  cli: Cli,
): Promise<MethodResult<'backup.create'>> {
  const stopped = cli.untilStopped()
  const [{ realPlatform }, { heldAtRest, openHome, writeBackup }] = await Promise.all([
    import('@openclaw/kernel'),
    import('@openclaw/kernel/backup'),
  ])
  const platform = realPlatform()
  const { home } = cli
  return await atRest(cli, async () => {
    const { id } = await openHome({ home, platform })
    const workspaces = await workspacesOf(cli)
    const hold = () => heldAtRest(home, platform)
    return await writeBackup({ home, id, version, platform, workspaces, hold }, wish, stopped)
  })
}

/** Folders that agents were given by hand. A configuration that cannot be read is in the backup all the same. */
async function workspacesOf(cli: Cli): Promise<string[]> {
  const settings = await openSettings(cli)
  const agents = (await settings.get('agents').catch(() => undefined))?.value as
    | Record<string, { workspace?: string } | undefined>
    | undefined
  return Object.values(agents ?? {}).flatMap((agent) => agent?.workspace ?? [])
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
