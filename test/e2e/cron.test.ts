import { join } from 'node:path'
import { isLine } from '@openclaw/protocol'
import { expect, it } from 'vitest'
import { furnish } from './channels/home.ts'
import { readLines } from './channels/journals.ts'
import type { Spot } from './channels/points.ts'
import { dieAt } from './die.ts'
import { connect, startGateway, temporaryHome, until } from './gateway.ts'

/** The steps of a moment: it is claimed in the job's file, its message is accepted, and that is kept in the job's file. */
const spots: readonly Spot[] = [
  { at: 'unrenamed', mark: '"pending":{' },
  { at: 'renamed', mark: '"pending":{' },
  { at: 'written', mark: 'the job \\"tick\\" is due' },
  { at: 'unsynced', mark: 'the job \\"tick\\" is due' },
  { at: 'synced', mark: 'the job \\"tick\\" is due' },
  { at: 'unrenamed', mark: '"status":"started"' },
  { at: 'renamed', mark: '"status":"started"' },
]

interface History {
  readonly job: { readonly schedule: { readonly fromMs: number; readonly everyMs: number }; readonly next: number }
  readonly runs: readonly {
    readonly at: number
    readonly status: string
    readonly count?: number
    readonly run?: string
  }[]
}

it(
  'R10: each moment of a job runs once or is recorded as missed, with the gateway killed at each step of one, twice',
  { timeout: 300_000 },
  async () => {
    await using home = await temporaryHome()
    const cron = join(import.meta.dirname, '../../plugins/tool-cron')
    await furnish(home.path, { plugins: { cron: { config: { shortestMs: 1000, keepRuns: 1000 } } } }, [cron])
    {
      await using gateway = await startGateway(home.path)
      await using client = await connect(home.path, gateway.address)
      const job = { name: 'tick', message: 'tick', every: '1s' }
      // A plugin's methods are there once it is set up.
      await until(
        () =>
          client.call('cron.add' as never, job as never).then(
            () => true,
            () => false,
          ),
        60_000,
      )
    }
    for (const spot of [...spots, ...spots]) await dieAt(home.path, spot)

    await using gateway = await startGateway(home.path)
    await using client = await connect(home.path, gateway.address)
    const history = async () =>
      (await client.call('cron.history' as never, { id: 'tick', limit: 1000 } as never)) as unknown as History
    await until(
      () =>
        client.call('cron.edit' as never, { id: 'tick', paused: true } as never).then(
          () => true,
          () => false,
        ),
      60_000,
    )
    const { job, runs } = await until(async () => {
      const found = await history()
      return found.runs.every(({ status }) => status !== 'started') && found
    }, 60_000)

    const moments: number[] = []
    const { fromMs, everyMs } = job.schedule
    const last = Math.max(...runs.map(({ at, count = 1 }) => at + (count - 1) * everyMs))
    for (let at = fromMs + everyMs; at <= last; at += everyMs) moments.push(at)
    const told = runs.flatMap(({ at, count = 1 }) => Array.from({ length: count }, (_, nth) => at + nth * everyMs))
    expect(told.toSorted((one, other) => one - other)).toEqual(moments)

    // What ran was said to the agent once.
    const ran = runs.filter(({ status }) => status !== 'missed')
    const said = readLines(home.path).filter(
      ({ line }) => isLine(line, 'user') && line.body.text.includes('the job "tick" is due'),
    )
    expect(said).toHaveLength(ran.length)
    expect(new Set(ran.map(({ run }) => run)).size).toBe(ran.length)
    expect(ran.length).toBeGreaterThan(1)
  },
)
