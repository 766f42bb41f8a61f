import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// pnpm soak markup [--documents 100000]: the markup of every platform on so many random documents, by its own tests.

const { values } = parseArgs({ options: { documents: { type: 'string', default: '100000' } } })
const documents = Number(values.documents)
if (!Number.isSafeInteger(documents) || documents < 1) throw new Error('--documents must be a whole number above 0')

const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
const tests = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.workspace.ts', 'test/markup.test.ts'], {
  cwd: join(import.meta.dirname, '..'),
  env: { ...process.env, OPENCLAW_DOCUMENTS: String(documents) },
  stdio: 'inherit',
})
const [code] = (await once(tests, 'exit')) as [number | null]
process.exitCode = code ?? 1
