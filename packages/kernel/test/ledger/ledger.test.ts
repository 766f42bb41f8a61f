import { hash } from 'node:crypto'
import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ledgerRecords, type LedgerRecord } from '@openclaw/protocol'
import { testPlatform } from '@openclaw/testing'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { createGenerations, windowKeys, windowMs } from '../../src/ledger/generations.ts'
import { dedupeKey } from '../../src/ledger/key.ts'
import { openLedger } from '../../src/ledger/open.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { Platform } from '../../src/platform.ts'
import { accept, keepingLog, outbound, settle, temporaryFolder } from '../storage.ts'

function open(folder: string, platform: Platform = testPlatform(folder)): Promise<Ledger> {
  return openLedger({ folder, platform, log: keepingLog() })
}

const segment = '000000000001.log'

test('what was committed is owed, also after opening again', async () => {
  await using home = await temporaryFolder()
  const check = ({ owed }: Ledger): void => {
    expect([...owed.accepts.keys()]).toEqual(['b'])
    expect([...owed.outbounds.values()].map(({ outbound: { id }, sent }) => [id, sent])).toEqual([['o2', 1]])
    expect([...owed.dead.keys()]).toEqual(['o3'])
    expect([...owed.approvals.keys()]).toEqual(['p2'])
    expect([...owed.recoveries]).toEqual([['b', 2]])
  }
  {
    await using ledger = await open(home.path)
    await ledger.commit([accept('a'), accept('b')])
    await ledger.commit([{ type: 'recovered', accepts: ['a', 'b'] }])
    const receipt = { messages: ['m'] }
    const failure = { code: 'forbidden' as const, message: 'blocked' }
    await ledger.commit([settle('r1', 'a'), outbound('o1'), outbound('o2'), outbound('o3'), outbound('o4')])
    await ledger.commit([{ type: 'sent', outbound: 'o1', chunk: 0, receipt, last: true }])
    await ledger.commit([{ type: 'sent', outbound: 'o2', chunk: 0, receipt, last: false }])
    await ledger.commit([
      { type: 'dead', outbound: 'o3', failure },
      { type: 'dead', outbound: 'o4', failure },
    ])
    await ledger.commit([{ type: 'retried', outbound: 'o4' }])
    await ledger.commit([{ type: 'cancelled', outbound: 'o4', reason: 'dropped' }])
    await ledger.commit([approval('p1', 'r2'), approval('p2', 'r3'), approval('p3', 'r4')])
    await ledger.commit([{ type: 'resolved', approval: 'p1', verdict: 'allow', by: 'owner' }, settle('r4')])
    await ledger.commit([{ type: 'recovered', accepts: ['b'] }])
    check(ledger)
  }
  await using again = await open(home.path)
  check(again)
})

function approval(id: string, run: string): LedgerRecord<'approval'> {
  return {
    type: 'approval',
    principal: 'owner',
    id,
    session: 's',
    run,
    call: 'c',
    tool: 'bash',
    subject: 'ls',
    input: 'd',
    reason: '',
    at: 1,
    expires: 2,
  }
}

test('every line is one commit with a number, a time and a sum, readable with cat', async () => {
  await using home = await temporaryFolder()
  await using ledger = await open(home.path, testPlatform(home.path, { now: 1_000 }))
  await ledger.commit([accept('a'), { type: 'line', session: 's', text: '{"v":1,"id":"x"}' }])
  await ledger.commit([settle('r', 'a')])
  const lines = (await readFile(join(home.path, segment), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ v, n, at }) => [v, n, at])).toEqual([
    [1, 1, 1_000],
    [1, 2, 1_000],
  ])
  expect(lines[0].group[1]).toEqual({ type: 'line', session: 's', line: { v: 1, id: 'x' } })
  expect(lines.every(({ sum }) => /^[0-9a-f]{16}$/.test(sum))).toBe(true)
  for (const record of lines.flatMap(({ group }) => group)) {
    expect(Value.Check(ledgerRecords[record.type as keyof typeof ledgerRecords], record)).toBe(true)
  }
})

test('commits that wait share one sync, and are durable in the order of the calls', async () => {
  await using home = await temporaryFolder()
  const platform = testPlatform(home.path)
  let syncs = 0
  const files: Platform['files'] = {
    ...platform.files,
    async open(path, mode) {
      const handle = await platform.files.open(path, mode)
      return { ...handle, sync: () => (syncs++, handle.sync()) }
    },
  }
  await using ledger = await open(home.path, { ...platform, files })
  syncs = 0
  const settled: number[] = []
  await Promise.all(
    Array.from({ length: 500 }, (_, at) => ledger.commit([accept(`${at}`)]).then(() => settled.push(at))),
  )
  expect(syncs).toBe(1)
  expect(settled).toEqual([...settled].sort((a, b) => a - b))
  expect([...ledger.owed.accepts.keys()]).toEqual(Array.from({ length: 500 }, (_, at) => `${at}`))
})

test('R3: a key that was taken is known, with the acceptance or the result, also after opening again', async () => {
  await using home = await temporaryFolder()
  const check = (ledger: Ledger): void => {
    expect(ledger.seen('rpc/owner/a')).toEqual({
      accept: 'a',
      line: 'line-a',
      session: 'agent:main:telegram:default:user',
    })
    expect(ledger.seen('telegram/default/user/b')).toEqual({})
    expect(ledger.seen('rpc/owner/send/k')).toEqual({ result: { ok: true } })
    expect(ledger.seen('telegram/default/stranger/1')).toEqual({})
    expect(ledger.seen('telegram/default/user/never')).toBeUndefined()
    expect(ledger.outcome('a')).toMatchObject({ run: 'r', outcome: 'answered' })
    expect(ledger.outcome('never')).toBeUndefined()
  }
  {
    await using ledger = await open(home.path)
    await ledger.commit([accept('a', { dedupe: 'rpc/owner/a' }), accept('b')])
    await ledger.commit([{ type: 'done', dedupe: 'rpc/owner/send/k', result: { ok: true } }])
    await ledger.commit([
      {
        type: 'refused',
        dedupe: 'telegram/default/stranger/1',
        channel: 'telegram',
        account: 'default',
        sender: 's',
        reason: '',
      },
    ])
    await ledger.commit([settle('r', 'a')])
    check(ledger)
  }
  await using again = await open(home.path)
  check(again)
})

test("R3: a key is known for the window, unless the window's number of keys came after it", () => {
  const keys = createGenerations<number>()
  const setMany = (prefix: string, count: number, atMs: number): void => {
    for (let at = 0; at < count; at++) keys.set(`${prefix}${at}`, at, atMs)
  }
  keys.set('first', 1, 0)
  setMany('a', windowKeys - 1, windowMs - 1)
  expect(keys.get('first')).toBe(1)
  setMany('b', windowKeys, windowMs - 1)
  expect(keys.get('first')).toBe(1)
  setMany('c', windowKeys, windowMs - 1)
  expect(keys.get('first')).toBeUndefined()
  expect(keys.get('c0')).toBe(0)
  keys.set('next', 1, 2 * windowMs)
  expect(keys.get('c0')).toBe(0)
  keys.set('last', 1, 3 * windowMs)
  expect(keys.get('c0')).toBeUndefined()
  expect(keys.get('next')).toBe(1)
})

test('R3: the traffic of one account does not make another forget', async () => {
  await using home = await temporaryFolder()
  await using ledger = await open(home.path)
  const key = (account: string, event: string): string => dedupeKey('telegram', account, 'user', event)
  const take = (account: string, event: string): LedgerRecord => ({
    type: 'done',
    dedupe: key(account, event),
    result: null,
  })
  await ledger.commit([take('quiet', 'first'), take('busy', 'first')])
  await ledger.commit(Array.from({ length: 2 * windowKeys }, (_, at) => take('busy', `${at}`)))
  expect(ledger.seen(key('busy', 'first'))).toBeUndefined()
  expect(ledger.seen(key('quiet', 'first'))).toBeDefined()
})

test('parts of a dedupe key cannot run into each other', () => {
  expect(dedupeKey('a', 'b', 'c/d', 'e')).not.toBe(dedupeKey('a', 'b', 'c', 'd/e'))
  expect(dedupeKey('a', 'b/c', 'd')).toBe('a/b%2fc/d')
  expect(dedupeKey('a', 'b%2fc', 'd')).toBe('a/b%252fc/d')
})

test('a record of a newer kind, and a line of a newer version, are kept and passed over', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, segment)
  {
    await using ledger = await open(home.path)
    await ledger.commit([{ type: 'hologram', text: '…' } as unknown as LedgerRecord, accept('a')])
  }
  const head = '{"v":2,"shape":"other"'
  await appendFile(path, `${head},"sum":"${hash('sha256', head).slice(0, 16)}"}\n`)
  const before = await readFile(path)
  const log = keepingLog()
  {
    await using ledger = await openLedger({ folder: home.path, platform: testPlatform(home.path), log })
    expect(ledger.damaged).toBe(0)
    expect(log.said.join()).toContain('1 lines of a newer version')
    expect([...ledger.owed.accepts.keys()]).toEqual(['a'])
    await ledger.commit([accept('b')])
  }
  expect((await readFile(path)).subarray(0, before.length)).toEqual(before)
  await using again = await open(home.path)
  expect([...again.owed.accepts.keys()]).toEqual(['a', 'b'])
})

test('lines answers the journal lines as they stood, without those of a session that was deleted', async () => {
  await using home = await temporaryFolder()
  const line = (session: string, seq: number) => ({ type: 'line' as const, session, text: `{"v":1,"seq":${seq}}` })
  {
    await using ledger = await open(home.path)
    await ledger.commit([line('a', 1), line('b', 1)])
    await ledger.commit([{ type: 'deleted', session: 'a' }])
    await ledger.commit([line('a', 1), line('a', 2)])
  }
  await using ledger = await open(home.path)
  const lines = await Array.fromAsync(
    ledger.lines(),
    ({ session, line: found }) => `${session}${(found as { seq: number }).seq}`,
  )
  expect(lines).toEqual(['b1', 'a1', 'a2'])
  expect([...ledger.deleted]).toEqual(['a'])
})

test('a closed ledger refuses', async () => {
  await using home = await temporaryFolder()
  const ledger = await open(home.path)
  const last = ledger.commit([accept('a')])
  await ledger[Symbol.asyncDispose]()
  await last
  await expect(ledger.commit([accept('b')])).rejects.toMatchObject({ code: 'unavailable' })
  expect((await stat(join(home.path, segment))).mode & 0o777).toBe(0o600)
})
