import { describe, expect, it } from 'vitest'
import { killAfterAck } from './acks.ts'
import { readJournals } from './channels/journals.ts'
import { connect, openclaw, startGateway, temporaryHome } from './gateway.ts'

/** `pnpm soak --acks 200` does it as often as is promised. */
const kills = 40

describe('a gateway that is killed', () => {
  it(
    `R1 R2: finds and answers every message that it had acknowledged, killed right after each of ${kills}`,
    { timeout: 180_000 },
    async () => {
      await using home = await temporaryHome()
      expect(await killAfterAck(home.path, kills)).toEqual({ kills, found: kills, answered: kills })
      const verified = await openclaw(home.path, 'sessions', 'verify', '--json')
      expect(verified.code).toBe(0)
    },
  )

  it('R2: takes the same idempotency key once, across a kill', { timeout: 60_000 }, async () => {
    await using home = await temporaryHome()
    const send = { message: 'only once', idempotencyKey: 'the-same' }
    let first: { run: string }
    {
      await using gateway = await startGateway(home.path)
      const client = await connect(home.path, gateway.address)
      first = await client.call('chat.send', send)
      await gateway.kill()
    }
    await using gateway = await startGateway(home.path)
    await using client = await connect(home.path, gateway.address)
    const second = await client.call('chat.send', send)
    expect(second).toMatchObject({ run: first.run, repeated: true })
    await client.call('agent.wait', { run: first.run, timeoutMs: 20_000 })
    expect(readJournals(home.path).noted.map(({ text }) => text)).toEqual(['only once'])
  })
})
