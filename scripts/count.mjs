import { join } from 'node:path'
import { count } from './lib/count.mjs'
import { cache } from './lib/paths.mjs'

// The count of all tests of a CI run, alone on its line; the names of the reports are the arguments.
const total = count(process.argv.slice(2).map((name) => join(cache, 'reports', `${name}.json`)))
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0
