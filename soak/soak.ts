import { parseArgs } from 'node:util'
import { main, Plain } from '../scripts/lib/say.mjs'

const help = `pnpm soak: the long forms of tests, with numbers as big as you like. Each prints how it goes on stderr and ends
with one line on stdout; it exits with 1 when a promise was broken, and says how to have the same again.

pnpm soak --kills 1000           kills a gateway so often while people write from the page and over every channel
                                 [--seed 7] the same moments again  [--on telegram] from there alone  [--json]
pnpm soak --acks 200             kills it right after each of so many acknowledged messages  [--json]
pnpm soak --seeds 20000          so many seeds of the simulator  [--from 1] the first of them  [--json]
                                 a single one, as in --seeds 1 --from 4711, shows all that happened
pnpm soak --documents 100000     the markup of every platform on so many random documents
pnpm soak --journals 10000       the requests from every prefix of so many random journals, through the library of each
                                 vendor of models, held against its rules
pnpm soak --cron 2                cron expressions around every change of the clocks in every time zone, for so many years,
                                 held against an independent reckoning
pnpm soak --report               the first three, and their figures into docs/reliability.md
                                 [--kills 1000] [--acks 200] [--seeds 20000] [--seed 7] [--from 1]`

const number = { type: 'string' } as const
const options = {
  kills: number,
  acks: number,
  seeds: number,
  documents: number,
  journals: number,
  cron: number,
  seed: number,
  from: number,
  on: { type: 'string' },
  report: { type: 'boolean' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const
/** The least that each number may be. */
const least = { kills: 1, acks: 1, seeds: 1, documents: 1, journals: 1, cron: 1, seed: 0, from: 0 }

await main(async () => {
  const values = given()
  const numberOf = (name: keyof typeof least, otherwise: number) => wholeNumber(name, values[name], otherwise)
  const seed = () => numberOf('seed', Math.floor(Math.random() * 2 ** 31))
  /** One line: the figures as JSON, or the same as words. */
  function end(figures: object, broken: boolean): void {
    const words = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
    console.log(values.json ? JSON.stringify(figures) : words.join(', '))
    process.exitCode = broken ? 1 : 0
  }

  // Imported where they are run: whoever asks for help waits for nothing.
  if (values.help) console.log(help)
  else if (values.report) {
    const { writeReport } = await import('./report.ts')
    await writeReport({
      kills: numberOf('kills', 1000),
      acks: numberOf('acks', 200),
      seeds: numberOf('seeds', 20_000),
      seed: seed(),
      from: numberOf('from', 1),
    })
  } else if (values.kills !== undefined) {
    const { soakKills } = await import('./kills.ts')
    const { line, broken } = await soakKills({ kills: numberOf('kills', 1000), seed: seed(), on: values.on })
    end(line, broken)
  } else if (values.acks !== undefined) {
    const { soakAcks } = await import('./acks.ts')
    const acks = await soakAcks(numberOf('acks', 200))
    end(acks, acks.answered < acks.kills)
  } else if (values.seeds !== undefined) {
    const { soakSeeds } = await import('./seeds.ts')
    const seeds = await soakSeeds({ seeds: numberOf('seeds', 20_000), from: numberOf('from', 1) })
    end(seeds, seeds.failures > 0)
  } else if (values.documents !== undefined) {
    const { soakTests } = await import('./tests.ts')
    await soakTests('test/markup.test.ts', 'OPENCLAW_DOCUMENTS', numberOf('documents', 100_000))
  } else if (values.journals !== undefined) {
    const { soakTests } = await import('./tests.ts')
    await soakTests('test/providers/requests.test.ts', 'OPENCLAW_JOURNALS', numberOf('journals', 10_000))
  } else if (values.cron !== undefined) {
    const { soakTests } = await import('./tests.ts')
    await soakTests('plugins/tool-cron/test/zones.test.ts', 'OPENCLAW_CRON_YEARS', numberOf('cron', 2))
  } else console.log(help)
})

function given() {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new Plain(`${(error as Error).message}\nWhat there is: pnpm soak --help`)
  }
}

function wholeNumber(name: keyof typeof least, text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise)
  if (Number.isSafeInteger(value) && value >= least[name]) return value
  throw new Plain(`--${name} must be a whole number from ${least[name]} on, as in: pnpm soak --${name} ${otherwise}`)
}
