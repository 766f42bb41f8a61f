import { expect, test } from 'vitest'
import { recoverRuns } from '../../src/runs/recover.ts'
import { openStorage, temporaryFolder } from '../storage.ts'

const session = 'agent:main:telegram:default:user123'

/** A message that was accepted, and a run that had taken it when the gateway ended. */
async function inWork(home: string) {
  await using storage = await openStorage(home)
  let accepted = ''
  const [line] = await storage.sessions.commit({
    session,
    agent: 'main',
    drafts: [{ kind: 'user', body: { text: 'go' }, role: 'owner', trust: 'owner' }],
    records: ([first]) => {
      accepted = first!.id
      return [{ type: 'accept', id: 'a1', dedupe: 'd/1/1', session, agent: 'main', line: first!.id, role: 'owner' }]
    },
  })
  expect(line!.id).toBe(accepted)
  const body = {
    run: 'r1',
    takes: [accepted],
    agent: 'main',
    model: 'm/m',
    config: '',
    tools: '',
    plugins: {},
    seed: '',
  }
  await storage.sessions.commit({ session, agent: 'main', drafts: [{ kind: 'run', body }] })
}

async function recover(home: string, afterDeath: boolean) {
  await using storage = await openStorage(home)
  const { resumed, waiting, parked } = await recoverRuns({ ...storage, afterDeath })
  return { resumed: resumed.map(({ run }) => run), waiting: waiting.length, parked: parked.map(({ run }) => run) }
}

test('R1: a run goes on after a death, and is parked after the second', async () => {
  await using home = await temporaryFolder()
  await inWork(home.path)
  expect(await recover(home.path, true)).toEqual({ resumed: ['r1'], waiting: 0, parked: [] })
  expect(await recover(home.path, true)).toEqual({ resumed: [], waiting: 0, parked: ['r1'] })
})

test('an orderly end says nothing against what was in work', async () => {
  await using home = await temporaryFolder()
  await inWork(home.path)
  for (let start = 0; start < 4; start++) {
    expect(await recover(home.path, false)).toEqual({ resumed: ['r1'], waiting: 0, parked: [] })
  }
  expect(await recover(home.path, true)).toEqual({ resumed: ['r1'], waiting: 0, parked: [] })
})
