import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectGateway } from '@openclaw/client'
import { openModel } from './baseline/model.ts'
import { cpuOf, memoryOf } from './lib/measure.ts'
import { report } from './lib/report.ts'
import { startGateway, tokenOf } from './lib/spawn.ts'

// P2: memory and processor time of a gateway that has nothing to do, 30 s after three runs through an HTTP model.

const settleMs = 30_000
const watchMs = 60_000

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  using model = await openModel()
  await mkdir(folder, { recursive: true })
  const provider = { config: { baseUrl: model.url, models: [{ id: 'instant' }] } }
  await writeFile(
    join(folder, 'openclaw.json'),
    JSON.stringify({ agents: { main: { model: 'openai/instant' } }, plugins: { openai: provider } }),
  )
  await using gateway = await startGateway(folder)
  {
    await using client = await connectGateway({
      url: gateway.url,
      auth: { token: await tokenOf(folder) },
      client: { name: 'bench', version: '1' },
    })
    for (let at = 0; at < 3; at++) {
      const { run } = await client.call('chat.send', { message: 'hello', idempotencyKey: `idle-${at}` })
      const outcome = await client.call('agent.wait', { run, timeoutMs: 60_000 }, { timeoutMs: 90_000 })
      if (outcome.status !== 'answered' || outcome.text !== 'hello')
        throw new Error(`the run was not answered by the model: ${JSON.stringify(outcome)}`)
    }
  }
  await sleep(settleMs)
  const began = cpuOf(gateway.pid)
  await sleep(watchMs)
  const cpu = ((cpuOf(gateway.pid) - began) / (watchMs / 1000)) * 100
  const { own, total } = memoryOf(gateway.pid)
  report('idle', {
    gatewayRss: { value: own, unit: 'MB' },
    totalRss: { value: total, unit: 'MB' },
    cpu: { value: cpu, unit: '%' },
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
