import { describe, expect, it } from 'vitest'
import type { Aftermath } from './kill-harness.ts'
import { expectNothingLost } from './oracle.ts'

const traits = { maxText: 100, lengthUnit: 'utf16', markup: 'plain', delivery: 'effectively-once' } as const
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
  sees: [seen('I noted m0p0.', ann, '1'), seen('I noted m1p1.', bob, '2')],
  requests: ['m0p0', 'm1p1'],
  links: { now: 0, most: 1 },
  kills: 2,
  killedAt: [],
  seed: 1,
  people: ['ann', 'bob'],
}
const [first, second] = [good.noted[0]!, good.noted[1]!]
const [one, other] = [good.sees[0]!, good.sees[1]!]

describe('what the kill harness would find', () => {
  it('is nothing when all went well', () => {
    expectNothingLost(good, traits)
    const told = [seen('It was interrupted.', ann, '1'), other]
    expectNothingLost({ ...good, answered: new Set(['r2']), failed: new Set(['r1']), sees: told }, traits)
    expectNothingLost({ ...good, sees: [...good.sees, one] }, { ...traits, delivery: 'at-least-once' })
  })

  const bad: Record<string, Partial<Aftermath>> = {
    'R1: m0p0 is in the journal': { noted: [second] },
    'R1: m0p0 is in exactly one run': { noted: [{ ...first, runs: ['r1', 'r3'] }, second] },
    'R1: the run of m0p0 ended': { answered: new Set(['r2']) },
    'R1: m0p0 is answered, or its person is told': { sees: [other] },
    'R3: m0p0 counts once': { noted: [first, { ...first, line: 'l3' }, second] },
    'R8: m0p0 is answered no more often': { sees: [...good.sees, one] },
    'R4: m0p0 is whose it is': { noted: [{ ...first, sender: 'bob' }, second] },
    'R4: m1p1 goes to who said it': { sees: [one, seen('I noted m1p1.', ann, '2')] },
    'R4: a model request': { requests: ['m0p0 m1p1'] },
    'L5: one link': { links: { now: 0, most: 2 } },
  }
  for (const [what, change] of Object.entries(bad)) {
    it(what, () => expect(() => expectNothingLost({ ...good, ...change }, traits)).toThrow(what))
  }
})
