import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { memoryOf } from './lib/measure.ts'
import { median, report } from './lib/report.ts'
import { bundleBare, connect, startBare, startGateway, tokenOf } from './lib/spawn.ts'

// P3: a call over a socket, one after the other and many at once, beside a bare JSON echo; and what a connection costs.

const rounds = 9
const request = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"health","params":{}}`

/** Median time of one call after the other, in ms. */
async function sequential(socket: WebSocket, calls: number): Promise<number> {
  const times: number[] = []
  for (let id = 1; id <= calls; id++) {
    const began = performance.now()
    socket.send(request(id))
    await once(socket, 'message')
    times.push(performance.now() - began)
  }
  return median(times)
}

/** Calls a second with many under way. */
async function pipelined(socket: WebSocket, calls: number, underWay = 500): Promise<number> {
  const began = performance.now()
  await new Promise<void>((resolve) => {
    let sent = 0
    let answered = 0
    const answer = () => {
      answered++
      if (sent < calls) socket.send(request(++sent))
      if (answered === calls) {
        socket.off('message', answer)
        resolve()
      }
    }
    socket.on('message', answer)
    while (sent < underWay) socket.send(request(++sent))
  })
  return calls / ((performance.now() - began) / 1000)
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  const home = join(folder, 'home')
  await using gateway = await startGateway(home)
  await using bare = await startBare(await bundleBare('echo', folder))
  const token = await tokenOf(home)
  const ours = await connect(gateway.url, token)
  const theirs = await connect(bare.url, token)
  const times: Record<'ours' | 'theirs', { one: number[]; many: number[] }> = {
    ours: { one: [], many: [] },
    theirs: { one: [], many: [] },
  }
  for (let round = -2; round < rounds; round++) {
    for (const [name, socket] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      const one = await sequential(socket, 2000)
      const many = await pipelined(socket, 30_000)
      if (round < 0) continue
      times[name].one.push(one)
      times[name].many.push(many)
    }
  }

  const connections = 1000
  const idle: WebSocket[] = []
  await sleep(2000)
  const before = memoryOf(gateway.pid).own
  while (idle.length < connections)
    idle.push(...(await Promise.all(Array.from({ length: 50 }, () => connect(gateway.url, token)))))
  await sleep(5000)
  const connectionKb = ((memoryOf(gateway.pid).own - before) * 1024) / connections
  for (const socket of [ours, theirs, ...idle]) socket.terminate()

  report('rpc', {
    sequentialP50: { value: median(times.ours.one), unit: 'ms', baseline: median(times.theirs.one) },
    pipelined: { value: median(times.ours.many), unit: 'calls/s', baseline: median(times.theirs.many) },
    connectionKb: { value: connectionKb, unit: 'kB' },
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
