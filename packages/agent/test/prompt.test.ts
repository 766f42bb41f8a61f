import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelRequest } from '@openclaw/sdk'
import { callTool, say, scriptedProvider, toolBench } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import bash from '../../../plugins/tool-bash/src/tool.ts'
import files from '../../../plugins/tool-files/src/tool.ts'
import { startAgent } from './gateway.ts'
import { testClock } from './clock.ts'
import { echo } from './tools.ts'

const bytesOf = ({ system, tools, turns }: ModelRequest) => JSON.stringify({ tools, system, turns })
const names = ['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'USER.md']

describe('the system prompt', () => {
  it('P8: the first request has at most 4,000 tokens with the default tools', async () => {
    await using one = await toolBench(bash)
    await using two = await toolBench(files)
    const tools = [...one.tools.values(), ...two.tools.values()]
    const model = scriptedProvider([say('hi')])
    await using gateway = await startAgent([model], tools)
    await gateway.ask('s', 'hello', { tools: tools.map(({ name }) => name) })
    // A token of English and JSON is between three and four letters; three is the careful guess.
    expect(bytesOf(model.requests[0]!).length / 3).toBeLessThan(4000)
  })

  it('P8: neighbouring requests share at least 98 % of the older one as their prefix, within and between runs', async () => {
    const long = 'word '.repeat(2000)
    const model = scriptedProvider((_, n) => (n % 4 === 3 ? say(`answer ${n}`) : callTool('echo', { text: `${n}` })))
    await using gateway = await startAgent([model], [echo])
    for (let run = 0; run < 6; run++) await gateway.ask('s', run === 0 ? long : `question ${run}`, { tools: ['echo'] })
    expect(model.requests).toHaveLength(24)
    for (let n = 1; n < model.requests.length; n++) {
      const older = bytesOf(model.requests[n - 1]!)
      const newer = bytesOf(model.requests[n]!)
      let shared = 0
      while (shared < older.length && older[shared] === newer[shared]) shared++
      expect(shared / older.length).toBeGreaterThanOrEqual(0.98)
    }
  })

  it("is written from files that the owner's first run makes, and that are never overwritten", async () => {
    const clock = testClock()
    const model = scriptedProvider(() => say('hi'))
    await using gateway = await startAgent([model], [], { clock })
    const workspace = join(gateway.folder, 'workspace')
    await mkdir(workspace)
    await writeFile(join(workspace, 'SOUL.md'), 'You are a lobster.')
    await writeFile(join(workspace, 'TOOLS.md'), '')
    await gateway.ask('s', 'one')
    expect((await readdir(workspace)).toSorted()).toEqual(names)
    expect((await stat(join(workspace, 'USER.md'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(workspace, 'SOUL.md'), 'utf8')).toBe('You are a lobster.')
    expect(model.requests[0]!.system).toContain('# SOUL.md\nYou are a lobster.')
    expect(model.requests[0]!.system).not.toContain('# TOOLS.md')
  })

  it('is a line of the journal when it is new, and only then', async () => {
    const clock = testClock()
    const model = scriptedProvider(() => say('hi'))
    await using gateway = await startAgent([model], [], { clock })
    const systems = () => gateway.journal('s').filter(({ kind }) => kind === 'system')
    await gateway.ask('s', 'one')
    clock.advance(2000)
    await gateway.ask('s', 'two')
    expect(systems()).toHaveLength(1)
    await writeFile(join(gateway.folder, 'workspace', 'USER.md'), 'They like tea.')
    clock.advance(2000)
    await gateway.ask('s', 'three')
    expect(systems()).toHaveLength(2)
    expect(model.requests[2]!.system).toContain('They like tea.')
    expect((systems()[1]!.body as { text: string }).text).toBe(model.requests[2]!.system)
  })

  it('tells others nothing that is written about the owner, and makes no files for them', async () => {
    const model = scriptedProvider(() => say('hi'))
    await using gateway = await startAgent([model])
    const folder = join(gateway.folder, 'persona')
    await mkdir(folder)
    await writeFile(join(folder, 'USER.md'), 'canary')
    await writeFile(join(folder, 'SOUL.md'), 'You are a lobster.')
    await gateway.ask('s', 'hi', { role: 'guest', local: false, prompt: { folder } })
    expect(model.requests[0]!.system).toContain('lobster')
    expect(model.requests[0]!.system).not.toContain('canary')
    expect((await readdir(folder)).toSorted()).toEqual(['SOUL.md', 'USER.md'])
  })

  it('A42: lists skills by name and description; the first folder that has a name wins', async () => {
    const model = scriptedProvider(() => say('hi'))
    await using gateway = await startAgent([model])
    const [near, far] = [join(gateway.folder, 'near'), join(gateway.folder, 'far')]
    for (const [folder, name, text] of [
      [near, 'tea', '---\nname: tea\ndescription: "Makes tea: hot"\n---\nBoil water.'],
      [far, 'tea', '---\nname: tea\ndescription: other\n---\n'],
      [far, 'coffee', 'no front matter'],
    ] as const) {
      await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, name, 'SKILL.md'), text)
    }
    await mkdir(join(far, 'empty'))
    await gateway.ask('s', 'hi', { prompt: { skills: [near, far, join(gateway.folder, 'nowhere')] } })
    const { system } = model.requests[0]!
    expect(system).toContain(`- tea: Makes tea: hot (${join(near, 'tea', 'SKILL.md')})`)
    expect(system).toContain('- coffee: no description')
    expect(system).not.toContain('other')
    expect(system).not.toContain('Boil water')
  })

  it('is bounded, whatever the files hold', async () => {
    const model = scriptedProvider(() => say('hi'))
    await using gateway = await startAgent([model])
    const folder = join(gateway.folder, 'persona')
    await mkdir(folder)
    for (const name of names) await writeFile(join(folder, name), 'x'.repeat(1_000_000))
    await gateway.ask('s', 'hi', { prompt: { folder } })
    expect(model.requests[0]!.system.length).toBeLessThan(65_000)
    expect(model.requests[0]!.system).toContain('[cut: AGENTS.md is longer')
    await rm(folder, { recursive: true })
  })
})
