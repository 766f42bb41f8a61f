import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundledPlugin } from '@openclaw/kernel'
import { callTool, fakeChannel, gatewayPlugin, say, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import bash from '../../plugins/tool-bash/package.json' with { type: 'json' }
import bubblewrap from '../../plugins/gateway-sandbox-bubblewrap/package.json' with { type: 'json' }

const tools: BundledPlugin = {
  package: bash,
  load: {
    tool: () => import('../../plugins/tool-bash/src/tool.ts'),
    config: () => import('../../plugins/tool-bash/src/config.ts'),
  },
}
const sandbox: BundledPlugin = {
  package: bubblewrap,
  load: {
    gateway: () => import('../../plugins/gateway-sandbox-bubblewrap/src/gateway.ts'),
    config: () => import('../../plugins/gateway-sandbox-bubblewrap/src/config.ts'),
  },
}
const open = { dm: { policy: 'open' }, groups: { policy: 'open', mention: false }, accounts: { default: {} } }
const slow = { timeout: 120_000 }

/** A house with bash, whose agent runs one command whenever somebody says something, and then says what came of it. */
async function houseThatRuns(
  command: string,
  { plugins = [sandbox], config = {} }: { plugins?: readonly BundledPlugin[]; config?: object } = {},
) {
  const fake = fakeChannel()
  const house = await testKernel({
    plugins: [tools, fake.plugin, ...plugins],
    config: { channels: { fake: open }, ...config },
    script: ({ turns }) => {
      const last = turns.at(-1)!
      return last.role === 'tool' ? say(JSON.stringify(last.content)) : callTool('bash', { command })
    },
  })
  await fake.connected()
  return {
    ...house,
    fake,
    offered: () => house.model.requests[0]!.tools.map(({ name }) => name),
    /** What came of it for somebody on the channel. */
    async told(sender: string, peer?: { kind: 'group'; id: string }) {
      const before = fake.sent.length
      await fake.say('go', { sender, ...(peer ? { peer } : {}) })
      return (await fake.waitSent(before + 1)).text
    },
    /** What came of it for the owner, who typed it in their own page. */
    toldOwner: async (session?: string) =>
      (await house.ask(`run ${command}`, session === undefined ? {} : { session })).text,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  }
}

it(
  'S12: a command of a member or a group runs in a sandbox without a yes, one of the owner on the machine',
  slow,
  async () => {
    await using house = await houseThatRuns('pwd; echo kept > note; ls -d /etc/passwd; cat note')
    const secret = join(house.home, 'credentials')
    for (const told of [await house.told('ann'), await house.told('bob', { kind: 'group', id: 'g' })]) {
      expect(told).toContain('/workspace')
      expect(told).toContain('kept')
      expect(told).toMatch(/cannot access '\/etc\/passwd'/)
      expect(told).not.toContain(secret)
    }
    const owners = await house.toldOwner()
    expect(owners).toContain(join(house.home, 'workspace'))
    expect(owners).not.toContain('cannot access')
    // Each of the two has a folder of their own, and what they wrote is in it.
    const peers = join(house.home, 'workspace/peers')
    const notes = await Promise.all((await readdir(peers)).map((name) => readFile(join(peers, name, 'note'), 'utf8')))
    expect(notes).toEqual(['kept\n', 'kept\n'])
  },
)

it('S12: without a sandbox a member is refused, with the command that brings one', slow, async () => {
  await using house = await houseThatRuns('touch was-here', { plugins: [] })
  const told = await house.told('ann')
  expect(house.offered()).not.toContain('bash')
  expect(told).toMatch(/not available|no tool/)
  const { tools: listed } = await house.call('tools.list', { session: 'agent:main:fake:default:ann' })
  expect(listed.find(({ name }) => name === 'bash')).toMatchObject({
    available: false,
    reason: expect.stringContaining('`openclaw plugins add NAME`'),
  })
})

it('S12: a sandbox that was asked for and cannot be had is refused to everybody, the owner too', slow, async () => {
  for (const [mode, refuses] of [
    [{ mode: 'all', use: 'sandbox-other' }, /sandbox\.use names "sandbox-other"/],
    [{ mode: 'all' }, /none is usable here: broken: out of order/],
    [{ mode: 'everyone' }, /sandbox\.use names ""/],
  ] as const) {
    const broken = gatewayPlugin('broken', { sandbox: async () => ({ unavailable: 'out of order' }) })
    await using house = await houseThatRuns('touch was-here', { plugins: [broken], config: { sandbox: mode } })
    expect(await house.toldOwner()).toMatch(/not available|no tool/)
    expect(house.offered()).not.toContain('bash')
    const about = await house.call('sandbox.explain', {})
    expect(about).toMatchObject({ on: 'nothing', reason: expect.stringMatching(refuses) })
    await expect(readFile(join(house.home, 'workspace/was-here'))).rejects.toMatchObject({ code: 'ENOENT' })
  }
})

it(
  'S12: what is usable is taken in its order, and the mode can be off or for all, for one agent too',
  slow,
  async () => {
    const kept = gatewayPlugin('kept', { sandbox: async () => ({ unavailable: 'no engine' }) })
    const last = gatewayPlugin('first-to-be-plugged', {
      sandbox: { order: 'last', open: async () => ({ argv: ['env'], root: '/' }) },
    })
    await using house = await houseThatRuns('pwd', { plugins: [last, kept, sandbox] })
    const explain = (session: string) => house.call('sandbox.explain', { session })
    const owners = 'agent:main:local:default:owner'
    const anns = 'agent:main:fake:default:ann'
    await house.told('ann')
    expect(await explain(owners)).toMatchObject({ on: 'machine' })
    // Both are last; of the same order the one that was plugged first.
    expect(await explain(anns)).toMatchObject({ on: 'sandbox', plugin: 'first-to-be-plugged' })
    await house.call('config.set', { path: 'sandbox.use', value: 'sandbox-bubblewrap' })
    expect(await explain(anns)).toMatchObject({ on: 'sandbox', plugin: 'sandbox-bubblewrap', root: '/workspace' })
    await house.call('config.set', { path: 'sandbox.mode', value: 'all' })
    expect(await explain(owners)).toMatchObject({ on: 'sandbox' })
    expect(await house.toldOwner()).toContain('/workspace')
    await house.call('config.set', { path: 'agents.main.sandbox.mode', value: 'off' })
    expect(await explain(owners)).toMatchObject({ on: 'machine' })
    expect(await explain(anns)).toMatchObject({ on: 'nothing', reason: expect.stringContaining('sandbox.mode is off') })
  },
)

it(
  'A72: sessions share a sandbox by session, by agent or all of them, and see as much of the workspace as is said',
  slow,
  async () => {
    await using house = await houseThatRuns(
      'ls /agent; cat /agent/AGENTS.md; ls /agent/peers /workspace; echo x > mine; echo y >> /agent/AGENTS.md',
    )
    const place = async (sender: string, agent = 'main') =>
      house.call('sandbox.explain', { session: `agent:${agent}:fake:default:${sender}` })
    const keys = async () => [(await place('ann')).key, (await place('bob')).key, (await place('ann', 'work')).key]
    await house.told('ann')
    expect(new Set(await keys()).size).toBe(3)
    await house.call('config.set', { path: 'sandbox.sharing', value: 'agent' })
    expect(await keys()).toEqual(['agent:main', 'agent:main', 'agent:work'])
    await house.call('config.set', { path: 'sandbox.sharing', value: 'shared' })
    expect(await keys()).toEqual(['shared', 'shared', 'shared'])

    await writeFile(join(house.home, 'workspace/AGENTS.md'), 'How you work.')
    // A sandbox is never root, so a gateway that is root has to let others read.
    await chmod(join(house.home, 'workspace'), 0o755)
    await chmod(join(house.home, 'workspace/AGENTS.md'), 0o666)
    await house.call('config.set', { path: 'sandbox', value: { workspace: 'ro' } })
    const told = await house.told('ann')
    expect(told).toContain('How you work.')
    expect(told).toMatch(/Read-only file system/)
    expect((await place('ann')).mounts).toMatchObject([
      { target: '/workspace', access: 'rw' },
      { target: '/agent', access: 'ro', hidden: ['peers'] },
    ])
    expect(await readFile(join(house.home, 'workspace/AGENTS.md'), 'utf8')).toBe('How you work.')
    await house.call('config.set', { path: 'sandbox', value: { workspace: 'rw' } })
    expect((await place('ann')).mounts).toMatchObject([{ target: '/workspace', access: 'rw', hidden: ['peers'] }])
  },
)

it('S12: a workspace in which the gateway keeps its keys is in no sandbox', slow, async () => {
  await using house = await houseThatRuns('ls /agent')
  await house.told('ann')
  await house.call('config.set', { path: 'agents.main.workspace', value: join(house.home, '..') })
  await house.call('config.set', { path: 'sandbox', value: { workspace: 'ro' } })
  await expect(house.call('sandbox.explain', { session: 'agent:main:fake:default:ann' })).rejects.toMatchObject({
    code: 'forbidden',
  })
})
