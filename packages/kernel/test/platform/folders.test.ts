import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
