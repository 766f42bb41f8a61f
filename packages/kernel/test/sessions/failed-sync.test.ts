import { expect, test } from 'vitest'
import { openJournals } from '../../src/sessions/journal.ts'
import { memoryPlatform, safeOn } from '../damage.ts'
import { keepingLog } from '../storage.ts'

const file = '/home/sessions/main/one.jsonl'

test('R5: a journal whose sync failed is written anew before it counts as being on the disk', async () => {
  let failing = true
  const platform = memoryPlatform({}, ({ kind, path }) => failing && kind === 'sync' && path === file)
  await using journals = openJournals({ platform, log: keepingLog() })
  journals.append(file, ['first'])
  await expect(journals.sync()).rejects.toMatchObject({ code: 'EIO' })
  failing = false
  journals.append(file, ['second'])
  await journals.sync()
  journals.append(file, ['third'])
  await journals.sync()
  expect(safeOn(platform.disk)[file]!.toString()).toBe('first\nsecond\nthird\n')
})

test('R5: nor is one trusted that an earlier process may have failed to sync', async () => {
  let failing = true
  const platform = memoryPlatform({}, ({ kind, path }) => failing && kind === 'sync' && path === file)
  const killed = openJournals({ platform, log: keepingLog() })
  killed.append(file, ['first'])
  await expect(killed.sync()).rejects.toMatchObject({ code: 'EIO' })
  failing = false
  await using journals = openJournals({ platform, log: keepingLog() })
  journals.touch(file)
  await journals.sync()
  expect(safeOn(platform.disk)[file]!.toString()).toBe('first\n')
})
