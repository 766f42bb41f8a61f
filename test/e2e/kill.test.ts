import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect, openclaw, startGateway, temporaryHome, until } from './gateway.ts'

/** Bodies of the journal lines of the main agent, by kind. */
async function journal(
  home: string,
): Promise<{ kind: string; body: { text?: string; outcome?: string; content?: { text?: string }[] } }[]> {
  const folder = join(home, 'sessions', 'main')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as never)
}

describe('a gateway that is killed', () => {
  it(
    'R1 R2: finds and answers every message that it had acknowledged, through 20 kills',
    { timeout: 180_000 },
    async () => {
      await using home = await temporaryHome()
      const acknowledged: string[] = []
      for (let round = 1; round <= 20; round++) {
        await using gateway = await startGateway(home.path)
        const client = await connect(home.path, gateway.address)
        const message = `message number ${round}`
        await client.call('chat.send', { message, idempotencyKey: `k${round}` })
        // The answer is here: from this moment the message must be found, whatever happens to the process.
        await gateway.kill()
        acknowledged.push(message)
      }
      await using gateway = await startGateway(home.path)
      await using client = await connect(home.path, gateway.address)
      await until(async () => (await client.call('status', {})).owed.accepts === 0)
      await gateway[Symbol.asyncDispose]()

      const lines = await journal(home.path)
      const said = lines.filter(({ kind }) => kind === 'user').map(({ body }) => body.text)
      expect(said).toEqual(acknowledged)
      const taken = lines.flatMap(({ kind, body }) => (kind === 'run' ? (body as { takes?: string[] }).takes! : []))
      expect(taken.length).toBe(20)
      expect(new Set(taken).size).toBe(20)
      const answers = lines.filter(({ kind, body }) => kind === 'assistant' && body.content?.some(({ text }) => text))
      const runs = lines.filter(({ kind }) => kind === 'run')
      expect(answers.length).toBe(runs.length)
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
    const lines = await journal(home.path)
    expect(lines.filter(({ kind }) => kind === 'user').length).toBe(1)
  })
})
