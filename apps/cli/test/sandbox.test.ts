import type { SandboxInfo } from '@openclaw/sdk'
import { gatewayPlugin, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { start } from './run.ts'

it('sandboxes are listed, explained, made anew and pruned from the command line', { timeout: 120_000 }, async () => {
  const there = new Map<string, SandboxInfo>()
  const add = (key: string, busy: number) =>
    there.set(key, { key, name: `box-${there.size + 1}`, busy, createdAt: 0, usedAt: 0, detail: 'from an image' })
  const box = gatewayPlugin('box', {
    sandbox: {
      open: async (_session, _signal, { mounts }) => ({ argv: ['env'], root: mounts[0]!.target }),
      list: async () => [...there.values()],
      async remove(key) {
        const gone = [...there.values()].filter((one) => (key === undefined ? one.busy === 0 : one.key === key))
        for (const one of gone) there.delete(one.key)
        return gone.map(({ name }) => name)
      },
    },
  })
  await using house = await testKernel({ plugins: [box], listen: true })
  const openclaw = (...args: string[]) => start(['sandbox', ...args, '--home', house.home]).ended
  const anns = 'agent:main:fake:default:ann'

  const none = await openclaw('list')
  expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('gets it from box') })
  expect(none.stderr).toContain('sandbox explain')

  const owners = await openclaw('explain')
  expect(owners.stdout).toContain('work on this machine')
  const explained = await openclaw('explain', anns)
  expect(explained.stdout).toMatch(/work in a sandbox\.[\s\S]*made by\s+box[\s\S]*as \/workspace, to change/)
  expect(JSON.parse((await openclaw('explain', anns, '--json')).stdout)).toMatchObject({
    on: 'sandbox',
    plugin: 'box',
    key: anns,
    mode: 'non-owner',
    sharing: 'session',
    workspace: 'none',
  })
  await house.call('config.set', { path: 'sandbox.mode', value: 'off' })
  const refused = await openclaw('explain', anns)
  expect(refused.stdout).toMatch(/work nowhere[\s\S]*Why: .*config set sandbox\.mode non-owner/)
  await house.call('config.set', { path: 'sandbox.mode', value: 'non-owner' })

  add(anns, 1)
  add('agent:main:fake:default:bob', 0)
  const listed = await openclaw('list')
  expect(listed.stdout).toMatch(/box-1\s+agent:main:fake:default:ann\s+1 running/)
  expect(listed.stdout).toMatch(/box-2\s+agent:main:fake:default:bob\s+idle/)
  expect((await openclaw('prune')).stdout).toContain('Removed: box-2.')
  expect((await openclaw('recreate', anns)).stdout).toContain('Removed: box-1.')
  expect((await openclaw('recreate', '--all')).stdout).toContain('There was none to remove.')
  expect(await openclaw('recreate')).toMatchObject({ code: 2, stderr: expect.stringContaining('Name one session') })
  expect((await openclaw('explain', 'nonsense')).stderr).toContain('is no session key')
})
