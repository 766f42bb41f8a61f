import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/open.ts'
import { memoryPlatform, safeOn } from '../damage.ts'
import { accept, keepingLog } from '../storage.ts'

const folder = '/home/ledger'

test('R2 R6: what a failed sync lost and the next start read counts only once it is written anew', async () => {
  let failing = false
  const platform = memoryPlatform({}, ({ kind, path }) => failing && kind === 'sync' && path.endsWith('.log'))
  const open = (on = platform) => openLedger({ folder, platform: on, log: keepingLog() })
  const killed = await open()
  await killed.commit([accept('a')])
  failing = true
  await expect(killed.commit([accept('b')])).rejects.toMatchObject({ code: 'unavailable' })
  failing = false

  const next = await open()
  expect([...next.owed.accepts.keys()]).toEqual(['a', 'b'])
  await next.commit([accept('c')])
  await using afterPower = await open(memoryPlatform(safeOn(platform.disk)))
  expect([...afterPower.owed.accepts.keys()]).toEqual(['a', 'b', 'c'])
})

test('R6: a start whose own sync fails does not open, and the next one writes everything anew', async () => {
  let failing = false
  const platform = memoryPlatform({}, ({ kind, path }) => failing && kind === 'sync' && path.endsWith('.log'))
  const open = (on = platform) => openLedger({ folder, platform: on, log: keepingLog() })
  const killed = await open()
  failing = true
  await expect(killed.commit([accept('a')])).rejects.toMatchObject({ code: 'unavailable' })
  await expect(open()).rejects.toMatchObject({ code: 'EIO' })
  failing = false
  const next = await open()
  await next.commit([accept('b')])
  await using afterPower = await open(memoryPlatform(safeOn(platform.disk)))
  expect([...afterPower.owed.accepts.keys()]).toEqual(['a', 'b'])
})

test('R2: a last line that is lost with its newline does not take the next one with it', async () => {
  const platform = memoryPlatform({}, ({ kind, path }) => failing && kind === 'sync' && path.endsWith('.log'))
  let failing = false
  const open = (on = platform) => openLedger({ folder, platform: on, log: keepingLog() })
  const ended = await open()
  await ended.commit([accept('a')])
  failing = true
  // What an orderly end says last.
  await expect(ended.commit([{ type: 'followed', upto: ended.last }])).rejects.toMatchObject({ code: 'unavailable' })
  failing = false
  const next = await open()
  await next.commit([accept('b')])
  await using afterPower = await open(memoryPlatform(safeOn(platform.disk)))
  expect([...afterPower.owed.accepts.keys()]).toEqual(['a', 'b'])
})
