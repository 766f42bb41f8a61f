import { connect, startGateway, until } from './gateway.ts'
import { readJournals } from './channels/journals.ts'

/** What became of the messages that were acknowledged right before a kill. */
export interface Acks {
  readonly kills: number
  /** Messages that stand in the journal, once each. */
  readonly found: number
  /** Messages whose one run ended with an answer. */
  readonly answered: number
}

/**
 * Says something to a gateway over `chat.send` and kills it (`SIGKILL`) as soon as the answer is there; the next gateway
 * has to answer it before the next one is said. `home` is an empty folder, and holds everything afterwards.
 */
export async function killAfterAck(
  home: string,
  kills: number,
  died: (kill: number) => void = () => {},
): Promise<Acks> {
  for (let kill = 1; kill <= kills; kill++) {
    await using gateway = await startGateway(home)
    const client = await connect(home, gateway.address)
    await until(async () => (await client.call('status', {})).owed.accepts === 0, 60_000)
    await client.call('chat.send', { message: `message number ${kill}.`, idempotencyKey: `k${kill}` })
    // From this moment the message must be found, whatever happens to the process.
    await gateway.kill()
    died(kill)
  }
  await using gateway = await startGateway(home)
  await using client = await connect(home, gateway.address)
  await until(async () => (await client.call('status', {})).owed.accepts === 0, 60_000)

  const { noted, answered } = readJournals(home)
  const once = Array.from({ length: kills }, (_, at) =>
    noted.filter(({ text }) => text === `message number ${at + 1}.`),
  )
    .filter((lines) => lines.length === 1)
    .map(([line]) => line!)
  return {
    kills,
    found: once.length,
    answered: once.filter(({ runs }) => runs.length === 1 && answered.has(runs[0]!)).length,
  }
}
