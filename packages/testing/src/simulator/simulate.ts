import type { Kernel } from '@openclaw/kernel'
import type { Outdoors } from './channel.ts'
import { diskWith, type Disk } from './disk/disk.ts'
import type { Operation } from './disk/files.ts'
import { drawsOf } from './draws.ts'
import { home, startGateway } from './gateway.ts'
import { ledgerBytes, owedBy, readLedger } from './ledger.ts'
import { beginLife, type Life, type Refusal } from './life.ts'
import { openOracle } from './oracle.ts'
import { openPage } from './page.ts'
import { openPlace, wordOf } from './people.ts'
import { planOf, type End, type Plan } from './plan.ts'
import { beginMs, openTime } from './time.ts'
import { judge } from './verdict.ts'

/** How a seed went. */
export interface Simulated {
  readonly seed: number
  /** Broken promises; none, mostly. */
  readonly broken: readonly string[]
  /** Two runs of one seed have the same. */
  readonly digest: string
  readonly steps: number
  /** What happened, the last part of it. */
  readonly trace: readonly string[]
  readonly plan: Plan
  readonly disk: Disk
}

export interface SimulateOptions {
  /** Changes what the seed planned, e.g. to say other lines. */
  readonly change?: (plan: Plan) => Plan
  /** Refuses operations besides those that the plan refuses. */
  readonly refuse?: (operation: Operation, at: Moment) => Refusal
  /** Looks at the gateway once a second of its time. */
  readonly look?: (kernel: Kernel, at: Moment) => Promise<void>
}

/** A moment of a simulated run. */
export interface Moment {
  /** How many gateways were started. */
  readonly life: number
  readonly sinceMs: number
}

/** Everything must have come to rest so long after the last thing that was planned. */
const patienceMs = 20 * 60_000

/** Runs the real kernel through everything that a seed decides, and answers which promises were broken. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Simulated> {
  const draws = drawsOf(seed)
  const drawn = planOf(draws.fork())
  const plan = options.change?.(drawn) ?? drawn
  const time = openTime(draws.fork())
  const disk = diskWith({ [`${home}/openclaw.json`]: JSON.stringify(plan.config), ...allowlists(plan) })
  const oracle = openOracle(disk, home)
  const places = plan.places.map(openPlace)
  const page = openPage(oracle)
  const ledger = `${home}/ledger`
  let life: Life | undefined
  let kernel: Kernel | undefined
  let stopping = false
  let lives = 0
  let endAt = Infinity
  const ends = [...plan.ends]

  const moment = (): Moment => ({ life: lives, sinceMs: time.nowMs - beginMs })
  const refuse = (operation: Operation): Refusal => {
    const { sinceMs } = moment()
    const trouble = plan.troubles.find(
      ({ fromMs, uptoMs, kinds }) => fromMs <= sinceMs && sinceMs < uptoMs && kinds.has(operation.kind),
    )
    if (!trouble) return options.refuse?.(operation, moment())
    return { code: trouble.code, bytes: draws.between(0, operation.size ?? 0) }
  }

  function begin(): void {
    const own = beginLife({ time, disk, draws, home, refuse })
    const outdoors: Outdoors = { life: own, draws: draws.fork(), oracle, rough: plan.rough }
    life = own
    stopping = false
    lives++
    endAt = time.steps + (ends[0]?.afterSteps ?? Infinity)
    time.note('a gateway starts')
    startGateway(places, outdoors, plan.moods).then(
      (started) => {
        if (!own.alive) return
        kernel = started
        watch(started, own)
        page.open(started, own)
      },
      (error: unknown) => {
        if (!own.alive) return
        time.note(`the gateway did not start: ${String(error)}`)
        end('kill')
      },
    )
  }

  function watch(started: Kernel, own: Life): void {
    const { look } = options
    if (!look) return
    time.after(1000, 'look', () => {
      if (!own.alive) return
      look(started, moment()).catch((error: unknown) => oracle.breaks(String(error)))
      watch(started, own)
    })
  }

  function end(how: Exclude<End, 'stop'>): void {
    time.note(`the gateway ends: ${how}`)
    life?.end()
    life = undefined
    kernel = undefined
    endAt = Infinity
    for (const place of places) place.link = undefined
    if (how === 'power') disk.losePower(draws)
    else disk.kill()
    time.after(draws.pick([0, draws.between(1, 5000)]), 'start', begin)
  }

  function endAsPlanned(): void {
    const { how } = ends.shift()!
    endAt = Infinity
    if (how !== 'stop' || !kernel) return end(how === 'stop' ? 'kill' : how)
    const own = life
    stopping = true
    time.note('the gateway is told to stop')
    // A stop may be cut short like everything else.
    if (ends.length > 0) endAt = time.steps + ends[0]!.afterSteps
    kernel.close('the simulator stops it').then(
      () => own === life && end('kill'),
      (error: unknown) => oracle.breaks(`the gateway did not stop in order: ${String(error)}`),
    )
  }

  for (const [count, { atMs, place, sender, peer, text }] of plan.lines.entries()) {
    time.after(atMs, `line ${count + 1}`, () => {
      if (place === 'page') page.say(text ?? wordOf('local', peer, count))
      else places[place]!.say(sender, peer, text ?? wordOf(places[place]!.manners.id, peer, count), time.nowMs)
    })
  }
  for (const { atMs, place } of plan.drops) time.after(atMs, 'drop', () => places[place]!.link?.drop())
  begin()

  const lastMs = Math.max(
    ...plan.lines.map(({ atMs }) => atMs),
    ...plan.drops.map(({ atMs }) => atMs),
    ...plan.troubles.map(({ uptoMs }) => uptoMs),
    0,
  )
  let looked = -1
  /** A ledger that did not grow since owes what it owed. */
  const owesNothing = (): boolean => {
    const bytes = ledgerBytes(disk, ledger)
    if (bytes === looked) return false
    looked = bytes
    return owedBy(readLedger(disk, ledger)).length === 0
  }
  const atRest = (): boolean =>
    kernel !== undefined &&
    !stopping &&
    ends.length === 0 &&
    page.isQuiet() &&
    places.every(({ said }) => said.every(({ acknowledged }) => acknowledged)) &&
    owesNothing()
  /** What a refused sync left in the ledger can be read and does not count: who was refused will say it again. */
  const isReady = async (): Promise<boolean> => (await kernel?.call('health', {}))?.ready === true
  let lookAtMs = beginMs + lastMs + 1

  while (oracle.broken.length === 0) {
    if (time.steps >= endAt) endAsPlanned()
    if (!(await time.step())) {
      oracle.breaks('nothing is left to happen')
      break
    }
    if (time.nowMs < lookAtMs) continue
    lookAtMs = time.nowMs + 1000
    // A death that was planned for later than everything ended comes now, while nothing is in work.
    if (ends.length > 0 && endAt === Infinity) continue
    if (atRest() && (await isReady())) break
    if (time.nowMs > beginMs + lastMs + patienceMs) oracle.breaks('it does not come to rest')
  }
  if (oracle.broken.length === 0)
    await judge({ disk, home, places, page, oracle, plan, time, close: () => kernel!.close('the end') })
  life?.end()
  return { seed, broken: oracle.broken, digest: time.digest(), steps: time.steps, trace: time.trace, plan, disk }
}

function allowlists({ places }: Plan): Record<string, string> {
  const owner = { role: 'owner', addedAt: '2026-01-01T00:00:00.000Z' }
  const record = JSON.stringify({ version: 1, accounts: { default: { senders: { owner } } } })
  return Object.fromEntries(places.map(({ id }) => [`${home}/allowlists/${id}.json`, record]))
}
