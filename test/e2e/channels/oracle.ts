import type { Peer, Traits } from '@openclaw/sdk'
import { expect } from 'vitest'
import { marksIn, type Aftermath } from './kill-harness.ts'

/** What must be true after any number of kills. The seed stands in every message, so that it can be given again. */
export function expectNothingLost(after: Aftermath, { delivery }: Traits): void {
  const { said, noted, sees, seed, kills, people } = after
  const about = (what: string) => `${what} (OPENCLAW_SEED=${seed}, killed at ${after.killedAt.join(', ')})`
  const shown = (mark: string) => sees.filter(({ text }) => marksIn(text).includes(mark))

  for (const { mark, person, times } of said) {
    const lines = noted.filter(({ text }) => marksIn(text).includes(mark))
    expect(lines.length, about(`R1: ${mark} is in the journal`)).toBeGreaterThan(0)
    expect(lines.length, about(`R3: ${mark} counts once`)).toBeLessThanOrEqual(times)
    for (const { runs, sender } of lines) {
      expect(sender, about(`R4: ${mark} is whose it is`)).toBe(person)
      expect(runs, about(`R1: ${mark} is in exactly one run`)).toHaveLength(1)
      const ended = after.answered.has(runs[0]!) || after.failed.has(runs[0]!)
      expect(ended, about(`R1: the run of ${mark} ended`)).toBe(true)
    }
  }

  const notices = (where: Peer) => sees.filter(({ text, peer }) => peer.id === where.id && marksIn(text).length === 0)
  const silent = said.filter(({ mark }) => shown(mark).length === 0)
  for (const { mark, peer } of silent)
    expect(notices(peer).length, about(`R1: ${mark} is answered, or its person is told`)).toBeGreaterThan(0)

  // A cut in the middle of a send may repeat one chunk where the platform cannot be asked, for each who was just answered.
  const more = delivery === 'at-least-once' ? kills : 0
  for (const { mark, times } of said)
    expect(
      shown(mark).length,
      about(`R8: ${mark} is answered no more often than ${delivery} allows`),
    ).toBeLessThanOrEqual(times + more)
  const repeats = sees.length - new Set(sees.map(({ text, peer }) => `${peer.id} ${text}`)).size
  const again = said.reduce((sum, { times }) => sum + times - 1, 0)
  expect(repeats, about('R8: one repeated chunk for each cut')).toBeLessThanOrEqual(again + more * people.length)

  for (const { peer, text } of sees)
    for (const mark of marksIn(text))
      expect(said.find((one) => one.mark === mark)?.peer.id, about(`R4: ${mark} goes to who said it`)).toBe(peer.id)
  for (const request of after.requests) {
    const whose = new Set(marksIn(request).map((mark) => mark.split('p')[1]))
    expect(whose.size, about('R4: a model request holds the words of one person')).toBeLessThanOrEqual(1)
  }
  expect(after.links.most, about('L5: one link at most')).toBeLessThanOrEqual(1)
}
