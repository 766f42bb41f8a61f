import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testKernel } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { run, start, temporary } from './run.ts'
import { sit } from './sit.ts'

/** A folder with a skill, a home without, and the command. */
async function place(matter = 'name: tea\ndescription: Makes tea.\n') {
  const folder = await temporary('openclaw-skills-')
  const skill = join(folder.path, 'my skill')
  const home = join(folder.path, 'home')
  await mkdir(join(skill, 'scripts'), { recursive: true })
  await writeFile(join(skill, 'SKILL.md'), `---\n${matter}---\nBoil water.`, { mode: 0o644 })
  await writeFile(join(skill, 'scripts', 'boil.sh'), '#!/bin/sh\n', { mode: 0o755 })
  return {
    skill,
    home,
    openclaw: (...args: string[]) => run(['skills', ...args, '--home', home]),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

describe('skills add and remove', () => {
  it('A42: every file is shown, copied for this user alone, and not overwritten without --replace', async () => {
    await using here = await place()
    const { home, skill, openclaw } = here
    const added = await openclaw('add', skill, '--yes')
    expect(added).toMatchObject({ code: 0 })
    expect(added.stdout).toContain('The skill tea is added.')
    expect(added.stderr).toMatch(
      /tea: Makes tea\.\nFILE +SIZE\nSKILL\.md +\d+ bytes\nscripts\/boil\.sh +10 bytes +runs\n/,
    )
    const kept = join(home, 'skills', 'tea')
    const modes = async (...paths: string[]) =>
      await Promise.all(paths.map(async (path) => (await stat(join(kept, path))).mode & 0o777))
    expect(await modes('', 'scripts', 'SKILL.md', 'scripts/boil.sh')).toEqual([0o700, 0o700, 0o600, 0o700])

    await writeFile(join(skill, 'SKILL.md'), '---\nname: tea\n---\nBoil milk.')
    const again = await openclaw('add', skill, '--yes')
    expect(again).toMatchObject({ code: 6 })
    expect(again.stderr).toContain('--replace')
    expect(await readFile(join(kept, 'SKILL.md'), 'utf8')).toContain('Boil water.')
    expect(await openclaw('add', skill, '--yes', '--replace')).toMatchObject({ code: 0 })
    expect(await readFile(join(kept, 'SKILL.md'), 'utf8')).toContain('Boil milk.')
    expect(await readdir(join(home, 'skills'))).toEqual(['tea'])

    expect(await openclaw('remove', 'tea', '--yes')).toMatchObject({ code: 0 })
    expect(await readdir(join(home, 'skills'))).toEqual([])
    expect(await openclaw('remove', 'tea', '--yes')).toMatchObject({ code: 5 })
    expect(await openclaw('remove', '../config', '--yes')).toMatchObject({ code: 2 })
  })

  it('nothing is added without a yes, also where nobody can be asked', async () => {
    await using here = await place()
    const refused = await here.openclaw('add', here.skill)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('Give --yes')
    expect(existsSync(join(here.home, 'skills'))).toBe(false)
  })

  it.each([
    [
      'a link in it',
      'scripts/passwords is a link',
      (skill: string) => symlink('/etc/passwd', join(skill, 'scripts', 'passwords')),
    ],
    ['a linked folder in it', 'etc is a link', (skill: string) => symlink('/etc', join(skill, 'etc'))],
    [
      'too much in it',
      'at most 500 files and 20 MB',
      (skill: string) => writeFile(join(skill, 'big'), Buffer.alloc(21 * 1024 * 1024)),
    ],
    [
      'a name that leads out',
      'cannot be called "../tea"',
      (skill: string) => writeFile(join(skill, 'SKILL.md'), '---\nname: ../tea\n---\n'),
    ],
  ])('a folder with %s is refused', async (_what, said, spoil) => {
    await using here = await place()
    await spoil(here.skill)
    const refused = await here.openclaw('add', here.skill, '--yes')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(said)
    expect(existsSync(join(here.home, 'skills'))).toBe(false)
  })

  it('a folder without SKILL.md and a folder that is not there are told apart', async () => {
    await using here = await place()
    expect(await here.openclaw('add', join(here.skill, 'scripts'), '--yes')).toMatchObject({ code: 2 })
    expect(await here.openclaw('add', join(here.skill, 'nowhere'), '--yes')).toMatchObject({ code: 5 })
  })
})

describe.skipIf(!existsSync('/usr/bin/script'))('skills add at a terminal', () => {
  it('A42: asks after the files were shown, and a no leaves everything as it was', async () => {
    await using here = await place()
    const person = sit(['skills', 'add', here.skill, '--home', here.home])
    await person.until(/boil\.sh[\s\S]*Add it\? \[y\/N\]/)
    person.type('n\r')
    expect(await person.ended).toBe(1)
    expect(existsSync(join(here.home, 'skills'))).toBe(false)
  })
})

it('A42: skills are listed and checked with what they lack here', { timeout: 120_000 }, async () => {
  await using house = await testKernel({ listen: true })
  const openclaw = (...args: string[]) => start(['skills', ...args, '--home', house.home]).ended
  expect((await openclaw('list')).stdout).toContain('There are no skills.')
  expect(await openclaw('check')).toMatchObject({ code: 0 })

  await using poor = await place('name: poor\nmetadata: {"openclaw":{"requires":{"bins":["no-such-program"]}}}\n')
  await using rich = await place()
  for (const { skill } of [poor, rich]) expect(await openclaw('add', skill, '--yes')).toMatchObject({ code: 0 })
  const listed = await openclaw('list')
  expect(listed.code).toBe(0)
  expect(listed.stdout).toMatch(/poor +needs the program no-such-program/)
  expect(listed.stdout).toMatch(/tea +ready +Makes tea\. +.*skills\/tea\/SKILL\.md/)
  expect(await openclaw('check')).toMatchObject({ code: 1 })
  expect(await openclaw('check', 'tea')).toMatchObject({ code: 0 })
  expect(await openclaw('check', 'coffee')).toMatchObject({ code: 5 })
})
