import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openHouse, type House } from './lib/house.ts'
import { shareOf } from './lib/load.ts'
import { cpuOf, handlesOf, memoryOf, peaksOf } from './lib/measure.ts'
import { median, report, type Figure } from './lib/report.ts'

// P10 and P7: twenty connected accounts at a hundred messages a second in, and then many runs over many sessions, through
// a channel and a model that take no time. Memory is what the system says, the peak what it was at most.
//
// `slope` is how much the gateway and the agent together grow with a thousand runs, once half of them is over: by then
// what is kept of sessions and contexts has its whole size.

const { values: given } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    sessions: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
})
const accounts = Array.from({ length: 20 }, (_, at) => `account-${at}`)
const people = Number(given.sessions) / accounts.length
const rounds = 40
const settleMs = 10_000
const text = 'Could you look up when the next train to the coast leaves? '

/** The same order for all accounts at once, measured as one load. */
async function all(house: House, order: Parameters<House['order']>[0]) {
  const measured = await Promise.all(
    accounts.map(async (account, at) => {
      // Twenty platforms do not speak at the same moment.
      if (order.perSecond !== undefined) await sleep((at * 1000) / order.perSecond / accounts.length)
      return house.order(order, account)
    }),
  )
  const times = measured.flatMap((one) => one.times)
  return { p50: median(times), p99: shareOf(times, 0.99) }
}

/** P10: a hundred a second, until they are durable, and until they are answered. */
async function twenty(house: House): Promise<Record<string, Figure>> {
  const steady = { count: 100, perSecond: 100 / accounts.length, people, text }
  await all(house, { ...steady, answered: true })
  const before = cpuOf(house.gateway.pid)
  const began = performance.now()
  const answered = await all(house, { ...steady, answered: true })
  const cpu = ((cpuOf(house.gateway.pid) - before) / ((performance.now() - began) / 1000)) * 100
  const durable = await all(house, steady)
  const { own, total } = memoryOf(house.gateway.pid)
  return {
    twentyAcceptP99: { value: durable.p99, unit: 'ms' },
    twentyAnswerP50: { value: answered.p50, unit: 'ms' },
    twentyAnswerP99: { value: answered.p99, unit: 'ms' },
    twentyGatewayRss: { value: own, unit: 'MB' },
    twentyTotalRss: { value: total, unit: 'MB' },
    twentyCpu: { value: cpu, unit: '%' },
  }
}

/** P7: the runs in rounds, with a look at the memory after each. */
async function many(house: House): Promise<Record<string, Figure>> {
  const { pid } = house.gateway
  const runsARound = Math.ceil(Number(given.runs) / rounds)
  const round = { count: Math.ceil(runsARound / accounts.length), underWay: 2, people, text, answered: true }
  await sleep(settleMs)
  const handles = handlesOf(pid)
  const seen: number[] = []
  const began = performance.now()
  for (let at = 0; at < rounds; at++) {
    await all(house, round)
    seen.push(memoryOf(pid).total)
  }
  const perSecond = (rounds * round.count * accounts.length) / ((performance.now() - began) / 1000)
  const peaks = peaksOf(pid)
  await sleep(settleMs)
  const warm = seen.slice(rounds / 2)
  return {
    slope: { value: (slopeOf(warm) / (round.count * accounts.length)) * 1000, unit: 'MB/1000 runs' },
    gatewayPeak: { value: peaks.own, unit: 'MB' },
    agentPeak: { value: peaks.children, unit: 'MB' },
    handles: { value: handlesOf(pid), unit: 'descriptors', baseline: handles },
    runsPerSecond: { value: perSecond, unit: 'runs/s' },
  }
}

/** By how much values grow from one to the next: the line that fits them best. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const rise = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0)
  return rise / values.reduce((sum, _value, at) => sum + (at - middle) ** 2, 0)
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  await using house = await openHouse(join(folder, 'home'), 'instant', accounts)
  // A page that looks on is told of everything; here nobody does.
  house.client.close()
  report('soak', { ...(await twenty(house)), ...(await many(house)) })
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exit(0)
