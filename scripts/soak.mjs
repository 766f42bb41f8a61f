import { script } from './lib/bootstrap.mjs'
import { measure } from './lib/measure.mjs'

// pnpm soak NAME: the long forms of tests, with bigger numbers, one file each in soak/.
await script(import.meta.url, (ready) => measure('soak', ready))
