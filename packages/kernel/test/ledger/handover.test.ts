import { readdir, readFile } from 'node:fs/promises'
import type { LedgerRecord } from '@openclaw/protocol'
import { testPlatform } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { openLedger } from '../../src/ledger/open.ts'
import { accept, keepingLog, settle, temporaryFolder } from '../storage.ts'

const open = (folder: string) =>
  openLedger({ folder, platform: testPlatform(folder), log: keepingLog(), segmentBytes: 2000 })
const handover = (id: string): LedgerRecord<'handover'> => ({
  type: 'handover',
  id,
  session: 'child',
  run: `run-${id}`,
  child: { above: [{ session: 'parent', agent: 'main' }], label: 'a task' },
  role: 'owner',
  text: `result ${id}`,
})

it('R9: what a sub-agent found is owed until it is accepted, through segments and starts', async () => {
  await using home = await temporaryFolder()
  {
    await using ledger = await open(home.path)
    await ledger.commit([accept('task')])
    await ledger.commit([settle('run-h1', 'task'), handover('h1'), handover('h2')])
    for (let at = 0; at < 60; at++) await ledger.commit([accept(`a${at}`), settle(`r${at}`, `a${at}`)])
    expect([...ledger.owed.handovers.keys()]).toEqual(['h1', 'h2'])
  }
  {
    await using ledger = await open(home.path)
    expect([...ledger.owed.handovers.values()]).toEqual([handover('h1'), handover('h2')])
    await ledger.commit([accept('taken', { handover: 'h1' })])
    for (let at = 0; at < 60; at++) await ledger.commit([accept(`b${at}`), settle(`s${at}`, `b${at}`)])
  }
  await using ledger = await open(home.path)
  expect([...ledger.owed.handovers.keys()]).toEqual(['h2'])
})

it('gives its text up when the session is erased and it is accepted, and not before', async () => {
  await using home = await temporaryFolder()
  await using ledger = await open(home.path)
  await ledger.commit([handover('h1'), handover('h2'), accept('taken', { handover: 'h1' })])
  await ledger.erase({ session: 'child', lines: new Set(), whole: true })
  const text = await readAll(home.path)
  expect(text).not.toContain('result h1')
  expect(text).toContain('result h2')
})

async function readAll(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  return (await Promise.all(names.map((name) => readFile(`${folder}/${name}`, 'utf8')))).join('')
}
