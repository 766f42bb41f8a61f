import { parseArgs } from 'node:util'
import { soakAcks } from './acks.ts'
import { soakKills } from './kills.ts'
import { soakMarkup } from './markup.ts'
import { writeReport } from './report.ts'
import { soakSeeds } from './seeds.ts'

const help = `pnpm soak: the long forms of tests, with numbers as big as you like. Each prints how it goes on stderr and ends
with one line on stdout; it exits with 1 when a promise was broken, and says how to have the same again.

pnpm soak --kills 1000           kills a gateway so often while people write from the page and over every channel
                                 [--seed 7] the same moments again  [--on telegram] from there alone  [--json]
pnpm soak --acks 200             kills it right after each of so many acknowledged messages  [--json]
pnpm soak --seeds 20000          so many seeds of the simulator  [--from 1] the first of them  [--json]
                                 a single one, as in --seeds 1 --from 4711, shows all that happened
pnpm soak --documents 100000     the markup of every platform on so many random documents
pnpm soak --report               the first three, and their figures into docs/reliability.md
                                 [--kills 1000] [--acks 200] [--seeds 20000] [--seed 7] [--from 1]`

const number = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    kills: number,
    acks: number,
    seeds: number,
    documents: number,
    seed: number,
    from: number,
    on: { type: 'string' },
    report: { type: 'boolean' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})

/** The number given to an option. */
function numberOf(name: 'kills' | 'acks' | 'seeds' | 'documents' | 'seed' | 'from', otherwise: number): number {
  const given = Number(values[name] ?? otherwise)
  const least = name === 'seed' || name === 'from' ? 0 : 1
  if (Number.isSafeInteger(given) && given >= least) return given
  throw new Error(`--${name} must be a whole number from ${least} on, as in: pnpm soak --${name} ${otherwise}`)
}

const seed = () => numberOf('seed', Math.floor(Math.random() * 2 ** 31))

/** Ends with one line: the figures as JSON, or the same as words. */
function end(figures: object, broken: boolean): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
  console.log(values.json ? JSON.stringify(figures) : words.join(', '))
  process.exitCode = broken ? 1 : 0
}

if (values.help) console.log(help)
else if (values.report)
  await writeReport({
    kills: numberOf('kills', 1000),
    acks: numberOf('acks', 200),
    seeds: numberOf('seeds', 20_000),
    seed: seed(),
    from: numberOf('from', 1),
  })
else if (values.kills !== undefined) {
  const figures = await soakKills({ kills: numberOf('kills', 1000), seed: seed(), on: values.on })
  end(figures.line, figures.broken)
} else if (values.acks !== undefined) {
  const figures = await soakAcks(numberOf('acks', 200))
  end(figures, figures.answered < figures.kills)
} else if (values.seeds !== undefined) {
  const figures = await soakSeeds({ seeds: numberOf('seeds', 20_000), from: numberOf('from', 1) })
  end(figures, figures.failures > 0)
} else if (values.documents !== undefined) await soakMarkup(numberOf('documents', 100_000))
else console.log(help)
