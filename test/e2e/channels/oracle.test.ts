import { describe, expect, it } from 'vitest'
import type { Aftermath } from './kill-harness.ts'
import { judge } from './oracle.ts'

const clean = { lost: [], doubled: [], wrongRecipient: [], other: [] }
const ann = { kind: 'direct', id: 'ann' } as const
const bob = { kind: 'direct', id: 'bob' } as const
const seen = (text: string, peer: typeof ann | typeof bob, message: string) => ({
  message,
  peer,
  text,
  raw: text,
  files: [],
  choices: [],
  edits: 0,
})

const good: Aftermath = {
  delivery: 'effectively-once',
  said: [
    { mark: 'm0p0', person: 'ann', peer: ann, times: 1 },
    { mark: 'm1p1', person: 'bob', peer: bob, times: 1 },
  ],
  noted: [
    { line: 'l1', sender: 'ann', text: 'please note m0p0', runs: ['r1'] },
    { line: 'l2', sender: 'bob', text: 'please note m1p1', runs: ['r2'] },
  ],
  answered: new Set(['r1', 'r2']),
  failed: new Set(),
  effects: new Map([['m0p0', 1]]),
  sees: [seen('I noted m0p0.', ann, '1'), seen('I noted m1p1.', bob, '2')],
  requests: ['m0p0', 'm1p1'],
  links: { now: 0, most: 1 },
  people: ['ann', 'bob'],
  killedAt: ['a random moment', 'a random moment'],
}
const [first, second] = [good.noted[0]!, good.noted[1]!]
const [one, other] = [good.sees[0]!, good.sees[1]!]

describe('what the kill harness would find', () => {
  it('is nothing when all went well', () => {
    expect(judge(good)).toEqual(clean)
    const told = [seen('It was interrupted.', ann, '1'), other]
    expect(judge({ ...good, answered: new Set(['r2']), failed: new Set(['r1']), sees: told })).toEqual(clean)
    expect(judge({ ...good, sees: [...good.sees, one], delivery: 'at-least-once' })).toEqual(clean)
  })

  const notice = seen('It was interrupted.', ann, '3')
  const bad: [keyof typeof clean, string, Partial<Aftermath>][] = [
    ['lost', 'R1: m0p0 is not in the journal', { noted: [second] }],
    ['lost', 'R1: m0p0 is in no run', { noted: [{ ...first, runs: [] }, second] }],
    ['doubled', 'R1: m0p0 is in 2 runs', { noted: [{ ...first, runs: ['r1', 'r3'] }, second] }],
    ['lost', 'R1: the run of m0p0 did not end', { answered: new Set(['r2']) }],
    ['lost', 'R1: m0p0 is not answered, and its person is not told', { sees: [other] }],
    ['doubled', 'R1: the tool ran 2 times for m0p0', { effects: new Map([['m0p0', 2]]) }],
    ['doubled', 'R3: m0p0 counts 2 times', { noted: [first, { ...first, line: 'l3' }, second] }],
    ['doubled', 'R8: m0p0 is answered 2 times', { sees: [...good.sees, one] }],
    ['doubled', 'R8: 1 answers repeat', { sees: [...good.sees, one] }],
    ['doubled', 'R8: 1 notices', { sees: [...good.sees, notice] }],
    ['wrongRecipient', 'R4: m0p0 of ann is taken', { noted: [{ ...first, sender: 'bob' }, second] }],
    ['wrongRecipient', 'R4: m1p1 of bob is answered to ann', { sees: [one, seen('I noted m1p1.', ann, '2')] }],
    ['wrongRecipient', 'R4: a model request', { requests: ['m0p0 m1p1'] }],
    ['other', 'L5: 2 links', { links: { now: 0, most: 2 } }],
  ]
  it.each(bad)('%s: %s', (kind, what, change) => {
    const found = judge({ ...good, ...change })[kind]
    expect(found.some((sentence) => sentence.startsWith(what))).toBe(true)
  })
})
