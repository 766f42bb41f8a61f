import { relative, sep } from 'node:path'
import type { Check } from './check.ts'
import type { SeenFile } from './seen.ts'

/** Windows keeps who may read a file elsewhere. */
const isUnix = process.platform !== 'win32'
const isShared = ({ kind, mode }: SeenFile) => kind !== 'link' && (mode & 0o077) !== 0
const asOctal = (mode: number) => mode.toString(8).padStart(4, '0')
const closed = (file: SeenFile) => ({ close: file.path, mode: file.kind === 'folder' ? 0o700 : 0o600 }) as const

/** How keys look that services give out; what stands between the quotes is never shown. */
const keyShapes: readonly [RegExp, string][] = [
  [/\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}/, 'a key of a model provider'],
  [/\bAIza[A-Za-z0-9_-]{35}/, 'a Google key'],
  [/\bxox[abposr]-[A-Za-z0-9-]{10,}/, 'a Slack token'],
  [/\bxapp-[A-Za-z0-9-]{10,}/, 'a Slack app token'],
  [/\b\d{8,10}:AA[A-Za-z0-9_-]{33}/, 'a Telegram token'],
  [/\b[MN][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,}/, 'a Discord token'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, 'a GitHub token'],
  [/\bAKIA[A-Z0-9]{16}/, 'an AWS key'],
  [/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/, 'a private key'],
  [/\boc\.[\w-]+\.[A-Za-z0-9_-]{43}/, 'a token of this gateway'],
]

/** Who can read what stands in the home. */
export const fileChecks: readonly Check[] = [
  {
    id: 'files.home-open',
    severity: 'high',
    about: 'Other people on this machine can go into the home',
    fix: 'closes it (0700)',
    look: ({ home, files }) =>
      files
        .filter((file) => isUnix && file.path === home && isShared(file))
        .map((file) => ({
          found: `others can go into ${file.path} (${asOctal(file.mode)})`,
          remedy: `Close it: chmod 700 ${file.path}`,
          change: closed(file),
        })),
  },
  {
    id: 'files.open',
    severity: 'medium',
    about:
      'Files or folders in the home are open to others; only the closed home keeps them out. `--deep` looks at all',
    fix: 'closes them (0600, 0700)',
    look: ({ home, files }) =>
      files
        .filter((file) => isUnix && file.path !== home && isShared(file))
        .map((file) => ({
          found: `${relative(home, file.path)} is open to others (${asOctal(file.mode)})`,
          remedy: `Close it: chmod go= ${file.path}`,
          change: closed(file),
        })),
  },
  {
    id: 'files.foreign',
    severity: 'high',
    about: 'Something in the home belongs to somebody else, who can change it',
    look({ files }) {
      const me = process.getuid?.()
      return files
        .filter(({ uid }) => isUnix && uid !== me && uid !== 0)
        .map(({ path, uid }) => ({
          found: `${path} belongs to user ${uid}`,
          remedy: `Find out why, then make it yours: chown -R "$USER" ${path}`,
        }))
    },
  },
  {
    id: 'files.leads-out',
    severity: 'medium',
    about: 'A link in the folders of credentials, allowlists and state leads out of the home',
    look: ({ home, files }) =>
      files
        .filter(({ kind, target }) => kind === 'link' && target !== undefined && !target.startsWith(home + sep))
        .map(({ path, target }) => ({
          found: `${relative(home, path)} leads to ${target}`,
          remedy: 'Put the file itself there, so that its mode and its owner are the ones of the home.',
        })),
  },
  {
    id: 'config.key-inside',
    severity: 'medium',
    about: 'openclaw.json holds what looks like a key, outside of the fields for secrets',
    look: ({ text }) =>
      keyShapes
        .filter(([shape]) => shape.test(text))
        .map(([, what]) => ({
          found: `openclaw.json holds what looks like ${what}`,
          remedy:
            'Take it out and give it where it is asked for: `openclaw models auth`, `openclaw channels add`, `openclaw config secret`. Then have the service replace it.',
        })),
  },
]
