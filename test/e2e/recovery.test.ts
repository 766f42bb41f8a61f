import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { connect, startGateway, temporaryHome, until } from './gateway.ts'

const session = 'agent:main:local:default:owner'

/** Pids of processes whose command line contains a mark. */
function running(mark: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(mark) && !line.includes('ps -eo'))
}

describe('after a kill in the middle of a tool call', () => {
  it(
    'L6 R2: the command is gone with the gateway, and the run goes on from its last committed step',
    { timeout: 60_000 },
    async () => {
      await using home = await temporaryHome()
      const mark = `sleep 31.${process.pid}`
      let run: string
      {
        await using gateway = await startGateway(home.path)
        const client = await connect(home.path, gateway.address)
        run = (await client.call('chat.send', { message: `run ${mark}`, idempotencyKey: 'k' })).run
        await until(async () => running(mark).length > 0)
        await gateway.kill()
      }
      await until(async () => running(mark).length === 0, 5000)

      await using gateway = await startGateway(home.path)
      await using client = await connect(home.path, gateway.address)
      const outcome = await client.call('agent.wait', { run, timeoutMs: 20_000 })
      expect(outcome.status).toBe('answered')
      const { lines } = await client.call('chat.history', { session })
      expect(lines.filter(({ kind }) => kind === 'run').length).toBe(1)
      expect(lines.filter(({ kind }) => kind === 'intent').length).toBe(1)
      expect(running(mark)).toEqual([])
    },
  )

  it(
    'R1: what was in work at two deaths is answered or its person is told: nothing stays owed',
    { timeout: 60_000 },
    async () => {
      await using home = await temporaryHome()
      const mark = `sleep 32.${process.pid}`
      let run = ''
      // A command that the owner typed again after each death would be another message: here it is the same one.
      for (let death = 1; death <= 2; death++) {
        await using gateway = await startGateway(home.path)
        const client = await connect(home.path, gateway.address)
        if (death === 1) {
          run = (await client.call('chat.send', { message: `run ${mark}`, idempotencyKey: 'k' })).run
          await until(async () => running(mark).length > 0)
        }
        await gateway.kill()
      }
      await using gateway = await startGateway(home.path)
      await using client = await connect(home.path, gateway.address)
      const outcome = await client.call('agent.wait', { run, timeoutMs: 20_000 })
      expect(['answered', 'interrupted']).toContain(outcome.status)
      expect((await client.call('status', {})).owed.accepts).toBe(0)
    },
  )

  it(
    'L3: another agent process takes over when the first is killed, and the run goes on',
    { timeout: 60_000 },
    async () => {
      await using home = await temporaryHome()
      const mark = `sleep 33.${process.pid}`
      await using gateway = await startGateway(home.path)
      await using client = await connect(home.path, gateway.address)
      const { run } = await client.call('chat.send', { message: `run ${mark}`, idempotencyKey: 'k' })
      await until(async () => running(mark).length > 0)
      const { agentProcess } = await client.call('status', {})
      process.kill(agentProcess.pid!, 'SIGKILL')
      expect((await client.call('agent.wait', { run, timeoutMs: 20_000 })).status).toBe('answered')
      await until(async () => running(mark).length === 0, 5000)
      const after = await client.call('status', {})
      expect(after.agentProcess.state).toBe('ready')
      expect(after.agentProcess.pid).not.toBe(agentProcess.pid)
      expect(gateway.child.exitCode).toBe(null)
    },
  )
})
