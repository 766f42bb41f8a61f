import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelRequest } from '@openclaw/sdk'
import { callTool, fakeChannel, memoryStore, say, testKernel, writeAllowlist, type Script } from '@openclaw/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { open } from './open.ts'

const memory = {
  package: manifest,
  load: { tool: () => import('../src/tool.ts'), config: () => import('../src/config.ts') },
}

describe('where the workspace may not be changed, notes', () => {
  const readonly = (store = memoryStore()) => open({}, { readonly: true, store })

  it('are kept in the store, read, found, changed and forgotten like files', async () => {
    const store = memoryStore()
    await using notes = await readonly(store)
    expect(await notes.call('memory_write', { text: '- tea at four' })).toBe('Noted in memory/2026-03-01.md.')
    expect(await notes.call('memory_write', { text: '- likes rum', note: 'MEMORY.md' })).toContain('unless you search')
    await notes.call('memory_write', { note: 'MEMORY.md', old: 'rum', text: 'tea' })
    expect(await notes.call('memory_read', {})).toBe('MEMORY.md\nmemory/2026-03-01.md')
    expect(await notes.call('memory_search', { query: 'tea' })).toContain('- tea at four')
    expect(await readdir(notes.folder).catch(() => [])).toEqual([])

    await using later = await readonly(store)
    expect(await later.call('memory_read', { note: 'MEMORY.md' })).toBe('- likes tea\n')
    await later.call('memory_forget', { note: 'MEMORY.md' })
    await later.call('memory_forget', { note: '2026-03-01', text: 'four' })
    expect(await later.call('memory_read', {})).toBe('There are no notes yet.')
    expect(await store.list()).toEqual([])
  })

  it('stand behind those that files of the workspace hold, which stay as they are', async () => {
    const store = memoryStore()
    await using notes = await readonly(store)
    await notes.call('memory_write', { text: '- kept', note: 'MEMORY.md' })
    await using later = await open({}, { store })
    await later.note('MEMORY.md', '- filed\n')
    expect(await later.call('memory_read', { note: 'MEMORY.md' })).toBe('- filed\n\n- kept\n')
    await later.call('memory_write', { text: '- filed too', note: 'MEMORY.md' })
    expect(await later.text('MEMORY.md')).toBe('- filed\n- filed too\n')
  })

  it('come back to the model as words of others', async () => {
    await using notes = await readonly()
    await notes.call('memory_write', { text: '- tea' })
    const found = await notes.bench.call('memory_search', { query: 'tea' })
    const read = await notes.bench.call('memory_read', { note: '2026-03-01' })
    expect([found.outside, read.outside]).toEqual([true, true])
    await using files = await open()
    await files.call('memory_write', { text: '- tea' })
    expect((await files.bench.call('memory_search', { query: 'tea' })).outside).toBe(false)
  })
})

/** The last thing that the model was told, or got from a tool. */
const last = ({ turns }: ModelRequest) => JSON.stringify(turns.at(-1))
/** Notes what it is asked to, and looks for what it is asked for. */
const script: Script = (request) => {
  const [, note] = /note (\S+?)"/.exec(last(request)) ?? []
  if (note) return callTool('memory_write', { text: `- ${note}` })
  return last(request).includes('recall') ? callTool('memory_search', { query: 'canary' }) : say('done')
}

it("R4 S12: members and groups keep notes without a sandbox, each their own, and no file of the owner's changes", async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-memory-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, 'workspace'), { recursive: true })
  await writeAllowlist(home, 'fake', { olga: 'owner', ada: 'member', bert: 'member' }, ['club'])
  const chat = fakeChannel()
  await using house = await testKernel({
    home,
    plugins: [memory, chat.plugin],
    script,
    config: { channels: { fake: { groups: { policy: 'allowlist', mention: false }, accounts: { default: {} } } } },
  })
  await chat.connected()
  const club = { peer: { kind: 'group', id: 'club' } } as const
  let said = 0
  async function tell(text: string, sender: string, where: object = {}) {
    const before = house.model.requests.length
    await chat.say(text, { sender, ...where })
    await chat.waitSent(++said)
    return house.model.requests.slice(before)
  }
  await tell('note canary-olga', 'olga')
  await tell('note canary-ada', 'ada')
  await tell('note canary-club', 'bert', club)
  for (const [sender, where, known] of [
    ['olga', {}, 'canary-olga'],
    ['ada', {}, 'canary-ada'],
    ['bert', {}, undefined],
    ['ada', club, 'canary-club'],
  ] as const) {
    await chat.say('/new', { sender, ...where })
    await chat.waitSent(++said)
    const found = (await tell('recall', sender, where)).map(last).join('')
    expect([...new Set(found.match(/canary-\w+/g) ?? [])], sender).toEqual(known ? [known] : [])
    // The owner's own words are no stranger's.
    expect(found.includes('untrusted')).toBe(known !== undefined && sender !== 'olga')
  }
  const files = await readdir(join(home, 'workspace'), { recursive: true })
  expect(files.filter((name) => /memory\/|peers\/.+\//.test(name))).toEqual([
    expect.stringMatching(/^memory\/[\d-]+\.md$/),
  ])
})
