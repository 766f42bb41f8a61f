import { join } from 'node:path'
import { expect, it } from 'vitest'
import { furnish } from './channels/home.ts'
import { readJournals } from './channels/journals.ts'
import { lastSaid, serveModel, type Asked, type Reply } from './channels/model.ts'
import type { Spot } from './channels/points.ts'
import { dieAt } from './die.ts'
import { connect, startGateway, temporaryHome, until } from './gateway.ts'

/** The steps of a result: the end of the sub-agent's run owes it, the parent's session accepts it, a run answers it. */
const spots: readonly Spot[] = [
  { at: 'written', mark: '"type":"handover"' },
  { at: 'unsynced', mark: '"type":"handover"' },
  { at: 'synced', mark: '"type":"handover"' },
  { at: 'written', mark: '"handover":"' },
  { at: 'unsynced', mark: '"handover":"' },
  { at: 'synced', mark: '"handover":"' },
  { at: 'written', mark: 'reported' },
  { at: 'synced', mark: 'reported' },
]
const rounds = 2

/** Gives what it is asked to a sub-agent, which finds it; says what was reported. */
function delegate(asked: Asked): Reply {
  const said = lastSaid(asked)
  const [word = ''] = /\bt\d+\b/.exec(said) ?? []
  if (said.includes('result of the sub-agent')) return `reported ${said.match(/found t\d+/g)?.join(' ')}`
  if (!said.includes('delegate')) return `found ${word}`
  if (asked.messages.at(-1)?.role === 'tool') return `at work on ${word}`
  return { tool: 'sessions_spawn', input: { task: word } }
}

it(
  'R9: the result of each sub-agent reaches its parent once, with the gateway killed at each step of it, twice',
  { timeout: 300_000 },
  async () => {
    await using home = await temporaryHome()
    await using model = await serveModel(delegate)
    const { baseUrl } = model
    const openai = { config: { baseUrl, models: [{ id: 'echo', contextTokens: 100_000 }] } }
    const sessions = join(import.meta.dirname, '../../plugins/tool-sessions')
    await furnish(home.path, { agents: { main: { model: 'openai/echo' } }, plugins: { openai } }, [sessions])

    // Each task is given in a conversation of its own, under a key: who was not heard says it again.
    const tasks = Array.from({ length: spots.length * rounds }, (_, at) => `t${at}`)
    const give = async (address: string, task: string) => {
      await using client = await connect(home.path, address)
      const session = `agent:main:local:default:owner:thread:${task}`
      await client.call('chat.send', { session, message: `delegate ${task}`, idempotencyKey: task })
    }
    for (const [at, task] of tasks.entries())
      await dieAt(home.path, spots[at % spots.length]!, ({ address }) => give(address, task))
    await using gateway = await startGateway(home.path)
    for (const task of tasks) await give(gateway.address, task)
    await using client = await connect(home.path, gateway.address)
    await until(async () => (await client.call('status', {})).owed.accepts === 0, 60_000)

    const { noted, answered, failed } = readJournals(home.path)
    const children = noted.filter(({ text }) => /^t\d+$/.test(text)).map(({ text }) => text)
    const results = noted.filter(({ text }) => /^\[(?:result of )?the sub-agent/.test(text))
    // A run that was at work at two deaths is given up: its sub-agent did not finish, or was never begun.
    expect(children.length).toBeGreaterThan(tasks.length / 2)
    expect(new Set(children).size).toBe(children.length)
    const labels = results.map(({ text }) => /the sub-agent "(t\d+)"/.exec(text)?.[1] ?? '')
    expect(labels.toSorted()).toEqual(children.toSorted())
    expect(results.filter(({ text }) => text.includes('found')).length).toBeGreaterThan(tasks.length / 2)
    for (const { text, runs } of results) {
      expect(runs, text).toHaveLength(1)
      expect(answered.has(runs[0]!) || failed.has(runs[0]!), text).toBe(true)
    }
  },
)
