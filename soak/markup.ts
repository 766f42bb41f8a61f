import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Runs the markup of every platform on so many random documents, by its own tests; their end is ours. */
export async function soakMarkup(documents: number): Promise<void> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const tests = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.workspace.ts', 'test/markup.test.ts'], {
    cwd: root,
    env: { ...process.env, OPENCLAW_DOCUMENTS: String(documents) },
    stdio: 'inherit',
  })
  const [code] = (await once(tests, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
