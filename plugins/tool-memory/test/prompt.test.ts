import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelRequest } from '@openclaw/sdk'
import { callTool, fakeChannel, say, testKernel, writeAllowlist } from '@openclaw/testing'
import { expect, it, onTestFinished } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const memory = {
  package: manifest,
  load: { tool: () => import('../src/tool.ts'), config: () => import('../src/config.ts') },
}
const peersFolder = (home: string, session: string) =>
  join(home, 'workspace/peers', createHash('sha256').update(session).digest('hex').slice(0, 16))

/** Everybody looks for everything that there is. */
const curious = ({ turns }: ModelRequest) =>
  turns.at(-1)!.role === 'tool' ? say('seen') : callTool('memory_search', { query: 'canary' })

it("R4: the owner's memory enters only the owner's direct sessions, and everybody else's only their own", async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-memory-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await writeAllowlist(home, 'fake', { olga: 'owner', ada: 'member', bert: 'member', eve: 'member' }, ['club'])
  const places: Record<string, string> = {
    olga: join(home, 'workspace'),
    ada: peersFolder(home, 'agent:main:fake:default:ada'),
    club: peersFolder(home, 'agent:main:fake:default:group:club'),
  }
  for (const [who, folder] of Object.entries(places)) {
    await mkdir(join(folder, 'memory'), { recursive: true })
    await writeFile(join(folder, 'MEMORY.md'), `- canary-${who}-always\n`)
    await writeFile(join(folder, 'memory/2026-01-01.md'), `- canary-${who}-once\n`)
  }
  const eves = peersFolder(home, 'agent:main:fake:default:eve')
  await mkdir(eves, { recursive: true })
  await symlink(join(home, 'workspace/MEMORY.md'), join(eves, 'MEMORY.md'))

  const chat = fakeChannel()
  await using house = await testKernel({
    home,
    plugins: [memory, chat.plugin],
    script: curious,
    config: { channels: { fake: { groups: { policy: 'allowlist', mention: false }, accounts: { default: {} } } } },
  })
  await chat.connected()
  const club = { kind: 'group', id: 'club' } as const
  const rounds: [string, typeof club | undefined, string[]][] = [
    ['olga', undefined, ['canary-olga-always', 'canary-olga-once']],
    ['ada', undefined, ['canary-ada-always', 'canary-ada-once']],
    ['bert', undefined, []],
    ['eve', undefined, []],
    ['olga', club, ['canary-club-always', 'canary-club-once']],
    ['bert', club, ['canary-club-always', 'canary-club-once']],
  ]
  for (const [at, [sender, peer, known]] of rounds.entries()) {
    const before = house.model.requests.length
    await chat.say('hello', { sender, ...(peer ? { peer } : {}) })
    await chat.waitSent(at + 1)
    const said = JSON.stringify(house.model.requests.slice(before))
    const words = [...new Set(said.match(/canary-\w+-\w+/g) ?? [])].toSorted()
    expect(words, `${sender} in ${peer?.id ?? 'a direct chat'}`).toEqual(known)
    const { system, tools } = house.model.requests[before]!
    expect(system.includes('# MEMORY.md')).toBe(known.length > 0)
    expect(tools.some(({ name }) => name === 'memory_write')).toBe(true)
  }
})
