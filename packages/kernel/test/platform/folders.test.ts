import { execFileSync } from 'node:child_process'
import { constants } from 'node:fs'
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realFiles } from '../../src/platform/files.ts'
import { temporaryFolder } from '../storage.ts'

interface Trace {
  readonly traceEvents: readonly {
    readonly name: string
    readonly ph: string
    readonly args: { readonly path?: string; readonly result?: number }
  }[]
}

/** What a program asked of the disk, as Node traces it: the paths whose open was followed by a sync. */
async function syncedBy(program: string, folder: string): Promise<readonly string[]> {
  const trace = join(folder, 'trace.json')
  const tracing = ['--trace-event-categories', 'node.fs.async', '--trace-event-file-pattern', trace]
  execFileSync(process.execPath, [...tracing, '--input-type=module', '--eval', program])
  const { traceEvents } = JSON.parse(await readFile(trace, 'utf8')) as Trace
  let opened = ''
  const synced: string[] = []
  for (const { name, ph, args } of traceEvents) {
    if (ph === 'b' && name === 'open') opened = args.path ?? ''
    if (ph === 'b' && (name === 'fsync' || name === 'fdatasync')) synced.push(opened)
  }
  return synced
}

test('R2: a file in new folders is on the disk with their names, too', async () => {
  await using home = await temporaryFolder()
  const file = join(home.path, 'new', 'inner', 'file.log')
  const module = new URL('../../src/platform/files.ts', import.meta.url).href
  const synced = await syncedBy(
    `import { realFiles } from ${JSON.stringify(module)}
    const handle = await realFiles().open(${JSON.stringify(file)}, 'append')
    await handle.append(Buffer.from('x'))
    await handle.sync()`,
    home.path,
  )
  // The name of a folder stands in the one above it, and a file's in its own.
  expect(synced).toEqual([join(home.path, 'new'), home.path, file, join(home.path, 'new', 'inner')])
})

test.runIf(process.platform === 'linux')(
  'R2: a durable file syncs within each write, and once what was there before',
  async () => {
    await using home = await temporaryFolder()
    const file = join(home.path, 'file.log')
    await writeFile(file, 'of a process that died\n')
    await using handle = await realFiles().open(file, 'durable')
    expect(await flagsOf(file)).toEqual([constants.O_RDWR | constants.O_APPEND | constants.O_DSYNC])
    await handle.append(Buffer.from('x'))

    const module = new URL('../../src/platform/files.ts', import.meta.url).href
    const synced = await syncedBy(
      `import { realFiles } from ${JSON.stringify(module)}
      const handle = await realFiles().open(${JSON.stringify(file)}, 'durable')
      for (let count = 0; count < 3; count++) {
        await handle.append(Buffer.from('y'))
        await handle.sync()
      }`,
      home.path,
    )
    expect(synced).toEqual([file])
    expect(await readFile(file, 'utf8')).toBe('of a process that died\nxyyy')
  },
)

/** With what this process has a file open, as the system tells it. */
async function flagsOf(path: string): Promise<readonly number[]> {
  const flags: number[] = []
  const asked = constants.O_RDWR | constants.O_APPEND | constants.O_SYNC
  for (const name of await readdir('/proc/self/fd')) {
    if ((await readlink(`/proc/self/fd/${name}`).catch(() => '')) !== path) continue
    const told = await readFile(`/proc/self/fdinfo/${name}`, 'utf8')
    flags.push(Number.parseInt(/^flags:\s*(\d+)/m.exec(told)![1]!, 8) & asked)
  }
  return flags
}
