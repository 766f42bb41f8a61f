import { script } from './lib/bootstrap.mjs'
import { measure } from './lib/measure.mjs'

// pnpm bench NAME [--json]: measures the bundle beside a bare baseline, in the same run.
await script(import.meta.url, (ready) => measure('bench', ready))
