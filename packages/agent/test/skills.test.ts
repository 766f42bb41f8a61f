import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { say, scriptedProvider } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { startAgent, type TestGateway } from './gateway.ts'

const here = process.platform
const gated = (openclaw: object) => `metadata: ${JSON.stringify({ openclaw })}\n`

async function writeSkills(gateway: TestGateway, skills: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(gateway.folder, 'skills')
  for (const [name, matter] of Object.entries(skills)) {
    await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, name, 'SKILL.md'), `---\nname: ${name}\n${matter}---\nThe body.`)
  }
  return folder
}

/** What each lacks, by name. */
async function lacks(gateway: TestGateway, folder: string, config: string[] = []) {
  const { skills } = await gateway.wire.call('skills.list', { folders: [folder], config })
  return Object.fromEntries(skills.map(({ name, missing }) => [name, missing]))
}

it('A42: says of each skill what it lacks here: programs, environment, settings, the system', async () => {
  await using gateway = await startAgent([])
  await gateway.wire.call('load', { entries: [], env: ['HERE_KEY'] })
  const folder = await writeSkills(gateway, {
    bins: gated({ requires: { bins: ['node', 'no-such-program'] } }),
    any: gated({ requires: { anyBins: ['no-such-program', 'node'] } }),
    none: gated({ requires: { anyBins: ['no-such-program', 'nor-this'] } }),
    env: gated({ requires: { env: ['HERE_KEY', 'GONE_KEY'] } }),
    config: gated({ requires: { config: ['channels.telegram', 'channels.slack'] } }),
    os: gated({ os: ['solaris'] }),
    mine: gated({ os: [here, 'solaris'] }),
    always: gated({ always: true, requires: { bins: ['no-such-program'] } }),
  })
  expect(await lacks(gateway, folder, ['channels', 'channels.telegram'])).toEqual({
    bins: ['the program no-such-program'],
    any: [],
    none: ['one of the programs no-such-program, nor-this'],
    env: ['the environment variable GONE_KEY'],
    config: ['the setting channels.slack'],
    os: ['the system solaris'],
    mine: [],
    always: [],
  })
})

it('takes no folder and no file without the right to run for a program, and no path either', async () => {
  await using gateway = await startAgent([])
  const bin = join(gateway.folder, 'bin')
  await mkdir(join(bin, 'a-folder'), { recursive: true })
  await writeFile(join(bin, 'a-text'), '')
  await writeFile(join(bin, 'a-program'), '')
  await chmod(join(bin, 'a-program'), 0o700)
  const before = process.env['PATH']
  process.env['PATH'] = bin
  try {
    const bins = ['a-folder', 'a-text', 'a-program', join(bin, 'a-program'), '']
    const folder = await writeSkills(gateway, { one: gated({ requires: { bins } }) })
    expect((await lacks(gateway, folder))['one']).toEqual(
      ['a-folder', 'a-text', join(bin, 'a-program'), ''].map((name) => `the program ${name}`),
    )
  } finally {
    process.env['PATH'] = before
  }
})

it('reads values over several lines, leaves the metadata of others alone, and refuses what it cannot read', async () => {
  await using gateway = await startAgent([])
  const folder = await writeSkills(gateway, {
    long: 'description: >\n  Makes tea\n  and coffee.\nmetadata:\n  {\n    "openclaw": { "requires": { "bins": ["nope"] } }\n  }\n',
    foreign: 'metadata:\n  author: somebody\n',
    broken: 'metadata: {"openclaw": {"requires"\n',
    block: 'metadata:\n  openclaw:\n    requires:\n      bins: [nope]\n',
    wrong: 'metadata: {"openclaw": {"requires": {"bins": "nope"}}}\n',
  })
  const unread = ['a `metadata` that can be read: JSON with lists of names']
  expect(await lacks(gateway, folder)).toEqual({
    long: ['the program nope'],
    foreign: [],
    broken: unread,
    block: unread,
    wrong: unread,
  })
  const { skills } = await gateway.wire.call('skills.list', { folders: [folder], config: [] })
  expect(skills.find(({ name }) => name === 'long')).toMatchObject({
    description: 'Makes tea and coffee.',
    file: join(folder, 'long', 'SKILL.md'),
  })
})

it('A42: the prompt names only skills that lack nothing, and a nearer skill hides a farther one also when it does', async () => {
  const model = scriptedProvider(() => say('hi'))
  await using gateway = await startAgent([model])
  const far = await writeSkills(gateway, { tea: 'description: far\n', milk: 'description: white\n' })
  const near = join(gateway.folder, 'near')
  await mkdir(join(near, 'any-folder'), { recursive: true })
  await writeFile(
    join(near, 'any-folder', 'SKILL.md'),
    `---\nname: tea\ndescription: near\n${gated({ requires: { config: ['kettle'] } })}---\n`,
  )
  await gateway.ask('s', 'hi', { prompt: { skills: [near, far] } })
  expect(model.requests[0]!.system).toContain('- milk: white')
  expect(model.requests[0]!.system).not.toContain('tea')
  await gateway.ask('s', 'hi', { prompt: { skills: [near, far], config: ['kettle'] } })
  expect(model.requests[1]!.system).toContain('- tea: near')
  expect(model.requests[1]!.system).not.toContain('far (')
})
