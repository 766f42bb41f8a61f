import { constants } from 'node:fs'
import { lstat, open, readdir, realpath } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { readFrontMatter } from '@openclaw/agent'
import { failure } from '@openclaw/protocol'

/** One file of a skill, read: what is shown is what is kept. */
export interface SkillFile {
  /** From the skill's folder, with slashes. */
  readonly path: string
  readonly content: Buffer
  readonly executable: boolean
}

/** A skill that may be added. */
export interface SkillFolder {
  readonly name: string
  readonly description: string
  /** By path. */
  readonly files: readonly SkillFile[]
}

const mostFiles = 500
const mostBytes = 20 * 1024 * 1024

/** What a skill may be called: it names a folder. */
export const skillName = /^[a-z0-9][a-z0-9_-]{0,63}$/

/**
 * Reads a folder with a SKILL.md whole. Throws `not_found` when there is none, and `invalid_params` for what cannot be a
 * skill: a link or a device in it, more than 500 files or 20 MB, a name that no folder can have.
 */
export async function readSkillFolder(given: string): Promise<SkillFolder> {
  const folder = await realpath(given).catch(() => {
    throw failure('not_found', `There is no folder ${given}; name a folder with a SKILL.md.`)
  })
  const files = await readFiles(folder)
  const main = files.find(({ path }) => path === 'SKILL.md')
  if (!main) throw failure('invalid_params', `${given} is no skill: it has no SKILL.md.`)
  const text = main.content.toString('utf8').replaceAll('\r\n', '\n').trim()
  const matter = readFrontMatter(text)
  const name = matter.get('name') || basename(folder)
  if (!skillName.test(name))
    throw failure(
      'invalid_params',
      `The skill in ${given} cannot be called ${JSON.stringify(name.slice(0, 80))}; \`name:\` in its SKILL.md takes small letters, digits, - and _.`,
    )
  return { name, description: matter.get('description') || 'no description', files }
}

async function readFiles(root: string): Promise<SkillFile[]> {
  const files: SkillFile[] = []
  let bytes = 0
  const entries = await list(root)
  for (const path of entries) {
    const seen = await lstat(path)
    if (seen.isDirectory()) {
      entries.push(...(await list(path)))
      continue
    }
    const name = relative(root, path).replaceAll('\\', '/')
    if (!seen.isFile())
      throw failure('invalid_params', `${name} is a link or no plain file; a skill holds files and folders only.`)
    bytes += seen.size
    if (files.length >= mostFiles || bytes > mostBytes)
      throw failure('invalid_params', `${root} is too much for a skill: at most ${mostFiles} files and 20 MB.`)
    // Whoever puts a link in its place meanwhile leads nowhere.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    files.push({ path: name, content: await file.readFile(), executable: (seen.mode & 0o100) !== 0 })
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function list(folder: string): Promise<string[]> {
  return (await readdir(folder)).map((name) => join(folder, name))
}
