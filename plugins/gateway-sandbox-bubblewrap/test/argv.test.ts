import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setUpSandbox } from '@openclaw/testing/sandbox'
import { describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { sandboxArgv, type Box } from '../src/argv.ts'
import { config } from '../src/config.ts'
import gateway from '../src/gateway.ts'

const box: Box = {
  programs: { env: '/usr/bin/env', bwrap: '/usr/bin/bwrap', setpriv: '/usr/bin/setpriv', prlimit: '/usr/bin/prlimit' },
  system: [
    { path: '/usr', folder: true },
    { path: '/bin', link: 'usr/bin' },
  ],
  user: { uid: 501, gid: 20 },
  asRoot: false,
  mounts: [
    { folder: '/home/ann/mine', target: '/workspace', access: 'rw', hidden: [] },
    { folder: '/home/ann/agent', target: '/agent', access: 'ro', hidden: ['peers'] },
  ],
  limits: { memoryMb: 512, processes: 100, fileMb: 10, cpuSeconds: 60 },
}

/** What of this machine is named by a prefix. */
function shown(argv: readonly string[]): string[] {
  return argv.flatMap((word, at) => (/^--(ro-|dev-)?bind/.test(word) ? [`${word} ${argv[at + 1]}`] : []))
}

it('S12: the prefix of a person closes everything and shows the system and the workspace only', () => {
  const argv = sandboxArgv(box)
  expect(argv.slice(0, 3)).toEqual(['/usr/bin/env', '-i', '/usr/bin/bwrap'])
  for (const closed of ['pid', 'net', 'ipc', 'uts', 'user']) expect(argv).toContain(`--unshare-${closed}`)
  expect(argv).toEqual(expect.arrayContaining(['--disable-userns', '--clearenv', '--die-with-parent', '--new-session']))
  expect(argv.join(' ')).toContain('--uid 501 --gid 20')
  expect(argv.join(' ')).toContain('--cap-drop ALL -- /usr/bin/prlimit')
  expect(argv).not.toContain('--cap-add')
  expect(shown(argv)).toEqual(['--ro-bind /usr', '--bind /home/ann/mine', '--ro-bind /home/ann/agent'])
  expect(argv.join(' ')).toContain('--tmpfs /agent/peers --remount-ro /agent/peers')
  expect(argv.at(-1)).toBe('--')
})

it('S12: root steps down for good before anything else runs', () => {
  const argv = sandboxArgv({ ...box, asRoot: true })
  const outer = argv.slice(0, argv.indexOf('/usr/bin/setpriv'))
  const inner = argv.slice(argv.indexOf('/usr/bin/setpriv'))
  expect(outer.filter((word) => word.startsWith('CAP_'))).toEqual(['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'])
  expect(inner.slice(1, 7)).toEqual([
    '--reuid=501',
    '--regid=20',
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
    '--no-new-privs',
  ])
  expect(inner.join(' ')).toContain('/usr/bin/bwrap --unshare-user --disable-userns --uid 501 --gid 20')
})

describe('S12: the configuration', () => {
  it.each([{ network: true }, { binds: ['/'] }, { memoryMb: 1 }, { processes: 100_000 }])('refuses %j', (given) => {
    expect(Compile(config).Check(given)).toBe(false)
  })
})

it('is the last that is asked, and says what it works in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-bubblewrap-'))
  try {
    await mkdir(join(folder, 'own'))
    await using entry = await setUpSandbox(gateway, {})
    expect(entry.sandboxing.order).toBe('last')
    const mounts = [{ folder: join(folder, 'own'), target: '/workspace', access: 'rw' as const, hidden: [] }]
    const answer = await entry.sandboxing.open('s', new AbortController().signal, { key: 's', agent: 'main', mounts })
    expect(answer).toMatchObject({ root: '/workspace', argv: expect.arrayContaining(['--unshare-net']) })
    const missing = [{ ...mounts[0]!, folder: join(folder, 'gone') }]
    const refused = { key: 's', agent: 'main', mounts: missing }
    expect(await entry.sandboxing.open('s', new AbortController().signal, refused)).toEqual({
      unavailable: expect.stringContaining('bubblewrap does not work here'),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
