import { linkedPair, link } from '@openclaw/client'
import type { AgentMethods } from '@openclaw/protocol'
import { defineTools } from '@openclaw/sdk'
import { openStore } from '@openclaw/sdk/host'
import { testPlatform } from '@openclaw/testing'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Type from 'typebox'
import { expect, it } from 'vitest'
import { createAgent } from '../src/index.ts'
import { stateFiles } from '../src/state.ts'

const bytes = (text: string) => Buffer.from(text)

async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-state-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

it('a tool finds what the gateway entry of its plugin stored, and the other way round', async () => {
  await using folder = await temporaryFolder()
  const state = join(folder.path, 'state', 'own')
  const gateways = openStore(testPlatform(folder.path).files, state)
  await gateways.set('Jobs/1.json', bytes('from the gateway'))
  let found: unknown
  const entry = defineTools({
    config: Type.Object({}),
    async setup({ store }) {
      found = [await store.list(), await store.get('Jobs/1.json')]
      await store.set('Seen', bytes('from the tool'))
    },
  })
  const [near, far] = linkedPair()
  await using _agent = createAgent({ transport: far, bundled: { 'own/tool': async () => ({ default: entry }) } })
  const wire = link<{ calls: AgentMethods }>(near, {})
  const plan = { plugin: 'own', hook: 'tool' as const, module: 'bundled:own/tool', config: {}, methods: [], state }
  await wire.call('load', { entries: [plan] })
  expect(found).toEqual([['Jobs/1.json'], bytes('from the gateway')])
  expect(await gateways.list()).toEqual(['Jobs/1.json', 'Seen'])
  expect(await gateways.get('Seen')).toEqual(bytes('from the tool'))
})

it('values are for their owner alone, whole, and gone when they are deleted', async () => {
  await using folder = await temporaryFolder()
  const state = join(folder.path, 'state')
  const store = openStore(stateFiles, state)
  expect(await store.get('cursor')).toBeUndefined()
  expect(await store.list()).toEqual([])
  await store.delete('cursor')
  await Promise.all(['1', '2', '3'].map((value) => store.set('cursor', bytes(value.repeat(100_000)))))
  expect(new Set((await store.get('cursor'))!).size).toBe(1)
  expect(await readdir(state)).toEqual(['cursor'])
  expect((await stat(state)).mode & 0o777).toBe(0o700)
  expect((await stat(join(state, 'cursor'))).mode & 0o777).toBe(0o600)
  await store.delete('cursor')
  expect(await readdir(state)).toEqual([])
})

it('a write that fails leaves nothing beside', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'taken'))
  await expect(openStore(stateFiles, folder.path).set('taken', bytes('x'))).rejects.toThrow()
  expect(await readdir(folder.path)).toEqual(['taken'])
})
