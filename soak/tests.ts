import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Runs the tests of a file with a bigger number, which they read from a variable; their end is ours. */
export async function soakTests(file: string, variable: string, number: number): Promise<void> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const tests = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.workspace.ts', file], {
    cwd: root,
    env: { ...process.env, [variable]: String(number) },
    stdio: 'inherit',
  })
  const [code] = (await once(tests, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
