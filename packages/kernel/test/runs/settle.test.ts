import type { Failure, LedgerRecord } from '@openclaw/protocol'
import { expect, test } from 'vitest'
import { settlement } from '../../src/runs/settle.ts'
import { accept } from '../storage.ts'

const reply = { channel: 'telegram', account: 'default', peer: { kind: 'direct' as const, id: 'user123' } }

function settle(outcome: LedgerRecord<'settle'>['outcome'], failure?: Failure, text = '') {
  return settlement({
    run: 'r',
    session: 's',
    accepts: [accept('a1', { reply }), accept('a2', { reply, replyTo: 'm2' })],
    outcome,
    failure,
    lines: [],
    text,
    attachments: [],
    newId: () => 'o1',
    now: 5,
  })
}

test('an answer is owed to whoever asked last, in the same commit that ends the run', () => {
  const { records, outbounds, drafts } = settle('answered', undefined, 'hello')
  expect(records).toEqual([
    { type: 'settle', run: 'r', accepts: ['a1', 'a2'], outcome: 'answered' },
    { type: 'outbound', id: 'o1', session: 's', run: 'r', address: reply, text: 'hello', replyTo: 'm2', at: 5 },
  ])
  expect(outbounds).toEqual(records.slice(1))
  expect(drafts).toEqual([])
})

test('R1: who gets no answer is told why', () => {
  const failed = settle('failed', { code: 'unauthorized', message: 'openai: the key was refused; store another one' })
  expect(failed.outbounds[0]!.text).toContain('the key was refused')
  expect(failed.drafts.map(({ kind }) => kind)).toEqual(['end'])
  expect(settle('aborted', { code: 'aborted', message: 'stopped' }).outbounds[0]!.text).toBe('Stopped.')
  const parked = settle('interrupted', { code: 'unavailable', message: 'the gateway ended twice' })
  expect(parked.outbounds[0]!.text).toContain('interrupted')
})

test('a run that a newer message took the place of says nothing: the next answer speaks for both', () => {
  expect(settle('interrupted', { code: 'aborted', message: 'a newer message came' }).outbounds).toEqual([])
})
