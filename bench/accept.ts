import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDurable } from './baseline/durable.ts'
import { openHouse, type House } from './lib/house.ts'
import { apply, type Load, type Measured } from './lib/load.ts'
import { median, report, type Figure } from './lib/report.ts'

// P4: how many messages a second become durable, and how long one takes at a steady thousand a second.
//
// Ours is the whole way of a channel's `receive()`: dedupe, access, route, the session's line, one group in the ledger,
// and behind it the journals, which follow. The people's runs are in progress over a model that says nothing, so that
// what they write is collected and no run is measured; between the rounds each stops theirs with `/stop`, so that
// nothing stays owed. The bare baseline appends the same groups, as objects, to one file with one sync for all that wait.

const rounds = Number(process.env.BENCH_ROUNDS ?? 15)
const people = 200
const crowd: Load = { count: 5_000, underWay: 1000 }
const steady: Load = { count: 10_000, perSecond: 1000 }
const text = 'Could you look up when the next train to the coast leaves, and whether it has a place for a bicycle? '

/** The group of one message as the gateway stored it. */
async function storedGroup(home: string): Promise<object> {
  const folder = join(home, 'ledger')
  for (const name of (await readdir(folder)).sort().reverse()) {
    const lines = (await readFile(join(folder, name), 'utf8')).trim().split('\n')
    // What a segment begins with names accepts too, many at once.
    const line = lines.findLast(
      (one) => one.includes('"group":[{"type":"accept"') && one.includes(text.trim()) && !one.includes('"type":"head"'),
    )
    if (line !== undefined) return JSON.parse(line) as object
  }
  throw new Error(`there is no message in ${folder}`)
}

async function ours(house: House, load: Load): Promise<Measured> {
  const measured = await house.order({ ...load, people, text })
  await house.order({ count: people, underWay: people, people, text: '/stop' })
  return measured
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  const times: { ours: Measured[]; bare: Measured[] } = { ours: [], bare: [] }
  await using house = await openHouse(join(folder, 'home'), 'silent')
  // Nobody looks on: what a page is told of each line is not part of taking it.
  house.client.close()
  await ours(house, crowd)
  const group = await storedGroup(house.home)
  const append = await openDurable(join(folder, 'bare.log'))
  const bare = (load: Load) => apply(() => append(group), load)
  await bare(crowd)
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await ours(house, crowd))
    times.bare.push(await bare(crowd))
  }
  const slow = await ours(house, steady)
  const bareSlow = await bare(steady)
  const middle = (what: 'perSecond' | 'cpuUs', unit: string): Figure => ({
    value: median(times.ours.map((one) => one[what])),
    unit,
    baseline: median(times.bare.map((one) => one[what])),
  })
  report('accept', {
    throughput: middle('perSecond', 'messages/s'),
    cpu: middle('cpuUs', 'µs'),
    p99: { value: slow.p99, unit: 'ms', baseline: bareSlow.p99 },
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exit(0)
