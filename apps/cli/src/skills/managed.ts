import { randomUUID } from 'node:crypto'
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure } from '@openclaw/protocol'
import { skillName, type SkillFolder } from './folder.ts'

/** Where the skills of every agent lie. */
const folderOf = (home: string) => join(home, 'skills')

/** Whether a skill of this name was added. Throws `invalid_params` for what no skill can be called. */
export async function isManaged(home: string, name: string): Promise<boolean> {
  if (!skillName.test(name))
    throw failure(
      'invalid_params',
      `No skill is called ${JSON.stringify(name.slice(0, 80))}; see \`openclaw skills list\`.`,
    )
  return (await lstat(join(folderOf(home), name)).catch(() => undefined)) !== undefined
}

/** Puts a skill in its place at once, for this user alone. What had its name before is gone then. */
export async function putSkill(home: string, { name, files }: SkillFolder): Promise<void> {
  const place = join(folderOf(home), name)
  // A name with a dot at its head is no skill to the agent.
  const beside = join(folderOf(home), `.${randomUUID()}`)
  try {
    for (const { path, content, executable } of files) {
      const target = join(beside, 'new', path)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await writeFile(target, content, { flag: 'wx', mode: executable ? 0o700 : 0o600 })
    }
    await rename(place, join(beside, 'old')).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown
    })
    await rename(join(beside, 'new'), place).catch(async (thrown: unknown) => {
      await rename(join(beside, 'old'), place).catch(() => {})
      throw thrown
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** Deletes a skill that was added. */
export async function removeSkill(home: string, name: string): Promise<void> {
  await rm(join(folderOf(home), name), { recursive: true })
}
