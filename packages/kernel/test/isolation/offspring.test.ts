import { readdir, readFile } from 'node:fs/promises'
import { test } from 'vitest'
import { openHouse, shop } from './house.ts'

const slow = { timeout: 120_000 }
/** What the plugin starts: a program, and one that left its group and its session. */
const started = 'sleep 471'

/** How many such programs run, also those that no parent knows any more. */
async function countStarted(): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.split('\0').join(' ').trim() === started).length
}

test.runIf(process.platform === 'linux')(
  'L6: what a plugin started is gone when its process dies, when it is parked and when it is plugged anew',
  slow,
  async () => {
    await using house = await openHouse([shop])
    await house.becomes('shop', 'active')
    const spawn = async () => {
      await house.use('shop_spawn')
      await house.until(async () => (await countStarted()) === 2)
    }
    const gone = () => house.until(async () => (await countStarted()) === 0)

    await spawn()
    await house.use('shop_arm', { place: 'run', fault: 'exit' })
    await house.use('shop_try')
    await house.until(() => house.deaths() === 1)
    await gone()

    await spawn()
    await house.kernel.call('plugins.reload', { id: 'shop' })
    await gone()
    await house.becomes('shop', 'active')

    for (let death = 1; death <= 5; death++) {
      await spawn()
      await house.use('shop_arm', { place: 'run', fault: 'exit' })
      await house.use('shop_try')
      if (death < 5) await gone()
    }
    await house.becomes('shop', 'parked')
    await gone()
  },
)
