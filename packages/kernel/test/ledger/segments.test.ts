import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testPlatform } from '@openclaw/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LedgerRecord } from '@openclaw/protocol'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open.ts'
import type { Files } from '../../src/platform.ts'
import { accept, faultyFiles, keepingLog, outbound, settle, temporaryFolder, type Fault } from '../storage.ts'

/** Segments end after a few commits, so that a test goes through many. */
function open(folder: string, options: { files?: (files: Files) => Files; segmentBytes?: number } = {}) {
  const platform = testPlatform(folder)
  const files = options.files?.(platform.files) ?? platform.files
  return openLedger({
    folder,
    platform: { ...platform, files },
    log: keepingLog(),
    segmentBytes: options.segmentBytes ?? 2000,
  })
}

const segmentsOf = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.log')).sort()

/** Everything that a ledger promises and knows. */
function told({ owed, seen, outcome }: Ledger, ids: readonly string[]) {
  return {
    accepts: [...owed.accepts],
    recoveries: [...owed.recoveries],
    tries: [...owed.tries],
    outbounds: [...owed.outbounds.values()].map(({ outbound, sent, sending, since, withheld }) => [
      outbound,
      sent,
      sending,
      since,
      withheld,
    ]),
    dead: [...owed.dead.values()].map(({ outbound: { id }, sent, failure }) => [id, sent, failure]),
    parked: [...owed.parked],
    approvals: [...owed.approvals],
    previews: [...owed.previews],
    parts: [...owed.parts],
    seen: ids.map((id) => seen(`telegram/default/user/${id}`) !== undefined),
    outcomes: ids.map((id) => outcome(id)?.outcome),
  }
}

const line = (seq: number) => ({ type: 'line' as const, session: 's', text: `{"v":1,"seq":${seq}}` })

describe('segments', () => {
  it('begin with what is open and known, and those before go once their lines are in the journals', async () => {
    await using home = await temporaryFolder()
    let before
    const ids = Array.from({ length: 60 }, (_, at) => `id${at}`)
    {
      await using ledger = await open(home.path)
      await ledger.commit([outbound('owed'), accept('open')])
      for (const id of ids) {
        await ledger.commit([accept(id), line(1)])
        await ledger.commit([settle(`run-${id}`, id)])
      }
      // Nothing was said to be in the journals: nothing may go.
      const all = await segmentsOf(home.path)
      expect(all[0]).toBe('000000000001.log')
      expect(all.length).toBeGreaterThan(3)
      await ledger.commit([{ type: 'followed', upto: ledger.last }])
      before = told(ledger, ids)
    }
    expect((await segmentsOf(home.path)).length).toBeLessThanOrEqual(2)
    await using again = await open(home.path)
    expect(told(again, ids)).toEqual(before)
    expect([...again.owed.accepts.keys()]).toEqual(['open'])
    expect(await Array.fromAsync(again.lines())).toEqual([])
  })

  it('R3: keep keys and results of methods over any number of starts', async () => {
    await using home = await temporaryFolder()
    const done: LedgerRecord = { type: 'done', dedupe: 'rpc/owner/send/k', result: { delivery: 'd' } }
    {
      await using ledger = await open(home.path)
      await ledger.commit([done, accept('first'), accept('called', { dedupe: 'rpc/owner/called' })])
    }
    for (let start = 0; start < 5; start++) {
      await using ledger = await open(home.path)
      expect(ledger.seen('rpc/owner/send/k')).toEqual({ result: { delivery: 'd' } })
      expect(ledger.seen('telegram/default/user/first')).toEqual({})
      expect(ledger.seen('rpc/owner/called')).toMatchObject({ accept: 'called', line: 'line-called' })
      for (let at = 0; at < 20; at++) await ledger.commit([accept(`${start}-${at}`), settle('r', `${start}-${at}`)])
      await ledger.commit([{ type: 'followed', upto: ledger.last }])
    }
    expect((await segmentsOf(home.path)).length).toBeLessThanOrEqual(3)
  })

  it('hand out journal lines that may be missing, also from before the last head', async () => {
    await using home = await temporaryFolder()
    {
      await using ledger = await open(home.path)
      for (let seq = 1; seq <= 100; seq++) await ledger.commit([line(seq)])
      await ledger.commit([{ type: 'followed', upto: 40 }])
    }
    await using again = await open(home.path)
    const found = await Array.fromAsync(again.lines(), (record) => (record.line as { seq: number }).seq)
    expect(found).toEqual(Array.from({ length: 60 }, (_, at) => at + 41))
  })

  it('R5: with a damaged head are read from the one before', async () => {
    await using home = await temporaryFolder()
    const ids = Array.from({ length: 40 }, (_, at) => `id${at}`)
    let before
    {
      await using ledger = await open(home.path)
      for (const id of ids) await ledger.commit([accept(id)])
      await ledger.commit([{ type: 'followed', upto: ledger.last }])
      before = told(ledger, ids)
    }
    const last = join(home.path, (await segmentsOf(home.path)).at(-1)!)
    const bytes = await readFile(last)
    bytes[20] = bytes[20]! ^ 1
    await writeFile(last, bytes)
    await using again = await open(home.path)
    expect(told(again, ids)).toEqual(before)
    await again.commit([accept('and on')])
  })

  it('R5 R6: a head that was cut at any byte, or that the disk refused, costs nothing', async () => {
    const ids = Array.from({ length: 12 }, (_, at) => `id${at}`)
    for (let cut = 0; cut < 4000; cut += 97) {
      await using home = await temporaryFolder()
      let last = ''
      {
        await using ledger = await open(home.path, { segmentBytes: 1500 })
        for (const id of ids) await ledger.commit([accept(id)])
        last = join(home.path, (await segmentsOf(home.path)).at(-1)!)
      }
      const { length } = await readFile(last)
      const headBytes = (await readFile(last, 'utf8')).split('\n')[0]!.length
      await truncate(last, Math.min(cut, length, headBytes))
      await using again = await open(home.path, { segmentBytes: 1500 })
      const kept = [...again.owed.accepts.keys()]
      expect(kept).toEqual(ids.slice(0, kept.length))
      await again.commit([accept('more')])
      expect(again.owed.accepts.has('more')).toBe(true)
    }
    await using home = await temporaryFolder()
    let full = false
    const fault: Fault = (operation, path) =>
      full && operation === 'append' && !path.endsWith('000000000001.log') ? { error: 'ENOSPC', bytes: 50 } : undefined
    {
      await using ledger = await open(home.path, { files: (files) => faultyFiles(files, fault) })
      full = true
      for (const id of ids) for (let at = 0; at < 5; at++) await ledger.commit([accept(`${id}.${at}`)])
      expect(ledger.trouble).toBeUndefined()
      expect(await segmentsOf(home.path)).toEqual(['000000000001.log'])
      full = false
    }
    await using again = await open(home.path)
    expect(again.owed.accepts.size).toBe(60)
  })

  it('R1: fold to the same whatever was promised, wherever a segment ended', async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('accept' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('settle' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('outbound' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('sending' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('sent' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('dead' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('tried' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('withheld' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('retried' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('parked' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('unparked' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('preview' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('part' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('parts' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('recovered' as const), id: fc.nat(30) }),
      fc.record({ what: fc.constant('followed' as const), id: fc.nat(30) }),
    )
    const recordOf = ({ what, id: n }: { what: string; id: number }, last: number): LedgerRecord => {
      const id = `id${n}`
      if (what === 'accept') return accept(id)
      if (what === 'settle') return settle(`run-${id}`, id)
      if (what === 'outbound') return outbound(id)
      if (what === 'sending') return { type: 'sending', outbound: id, chunk: n % 3 }
      if (what === 'sent') return { type: 'sent', outbound: id, chunk: 0, receipt: { messages: [] }, last: n % 2 === 0 }
      if (what === 'dead') return { type: 'dead', outbound: id, failure: { code: 'forbidden', message: 'no' } }
      if (what === 'tried') return { type: 'tried', accepts: [id] }
      if (what === 'withheld') return { type: 'withheld', outbound: id, reason: 'late' }
      if (what === 'retried') return { type: 'retried', outbound: id }
      if (what === 'parked')
        return { type: 'parked', run: id, session: 's', agent: 'main', accepts: [accept(id)], reason: 'twice', at: n }
      if (what === 'unparked') return { type: 'unparked', run: id, verdict: 'dropped' }
      if (what === 'preview') return { type: 'preview', accept: id, message: `m${n}` }
      if (what === 'part') return outbound(`part-${last}`, { session: 's', part: id })
      if (what === 'parts') return { type: 'parts', session: 's', accept: id, texts: [] }
      if (what === 'recovered') return { type: 'recovered', accepts: [id] }
      return { type: 'followed', upto: last }
    }
    const ids = Array.from({ length: 31 }, (_, at) => `id${at}`)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 200, max: 4000 }), async (steps, size) => {
        await using home = await temporaryFolder()
        const ledger = await open(home.path, { segmentBytes: size })
        for (const one of steps) await ledger.commit([recordOf(one, ledger.last)])
        const before = told(ledger, ids)
        await ledger[Symbol.asyncDispose]()
        await using again = await open(home.path, { segmentBytes: size })
        expect(told(again, ids)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  it('are erased with the rest: no head keeps what was said', async () => {
    await using home = await temporaryFolder()
    await using ledger = await open(home.path)
    const said = { ...outbound('o'), session: 's', text: 'the secret word' } as LedgerRecord<'outbound'>
    await ledger.commit([said, accept('asked'), { ...said, id: 'o2', part: 'asked' }])
    await ledger.commit([settle('r', 'asked')])
    for (let at = 0; at < 40; at++) await ledger.commit([accept(`${at}`)])
    await ledger.erase({ session: 's', lines: new Set(), whole: true })
    for (const name of await segmentsOf(home.path))
      expect(await readFile(join(home.path, name), 'utf8')).not.toContain('the secret word')
  })

  it('of a stranger in the folder are left alone', async () => {
    await using home = await temporaryFolder()
    await appendFile(join(home.path, 'notes.txt'), 'mine')
    await using ledger = await open(home.path)
    for (let at = 0; at < 60; at++) await ledger.commit([accept(`${at}`)])
    expect(await readFile(join(home.path, 'notes.txt'), 'utf8')).toBe('mine')
  })
})
