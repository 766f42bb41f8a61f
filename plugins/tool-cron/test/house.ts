import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BundledPlugin } from '@openclaw/kernel'
import { fakeChannel, fakeClock, testKernel, writeAllowlist, type Script } from '@openclaw/testing'
import { expect, onTestFinished } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import type { JobRun } from '../src/job.ts'

/** The plugin as it is installed. */
const cron = {
  package: manifest,
  load: {
    tool: () => import('../src/tool.ts'),
    gateway: () => import('../src/gateway.ts'),
    config: () => import('../src/config.ts'),
  },
}

/** A real kernel with jobs and a chat, in which olga is the owner, ada and bert were let in, and all others are guests. */
export async function openHouse(
  script: Script,
  options: { home?: string; now?: number; settings?: object; plugins?: readonly BundledPlugin[] } = {},
) {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'openclaw-cron-')))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const people = { olga: 'owner', ada: 'member', bert: 'member' } as const
  await writeAllowlist(home, 'fake', people, ['club', 'hall'])
  const chat = fakeChannel()
  const clock = fakeClock(options.now === undefined ? {} : { now: options.now })
  const house = await testKernel({
    home,
    plugins: [cron, chat.plugin, ...(options.plugins ?? [])],
    script,
    platform: (platform) => ({ ...platform, clock }),
    config: {
      channels: { fake: { groups: { policy: 'allowlist', mention: false }, accounts: { default: {} } } },
      plugins: { cron: { config: { timeZone: 'Europe/Berlin', ...options.settings } } },
    },
  })
  await chat.connected()
  /** Calls a method of the plugin as the local owner. */
  const call = (method: string, params: object = {}): Promise<unknown> =>
    house.call(`cron.${method}` as never, params as never)
  const history = async (id: string) => ((await call('history', { id })) as { runs: JobRun[] }).runs
  return {
    home,
    house,
    chat,
    clock,
    cron: call,
    history,
    /** The history of a job, newest first, once one of it fits. */
    async until(id: string, fits: (run: JobRun) => boolean) {
      await expect.poll(async () => (await history(id)).some(fits), { timeout: 60_000, interval: 20 }).toBe(true)
      return history(id)
    },
  }
}
