import { describe, expect, it } from 'vitest'
import { intervalOf, isActive } from '../../src/heartbeat/hours.ts'
import { isEmpty, messageOf, saidIn } from '../../src/heartbeat/words.ts'

describe('what an agent says at a beat', () => {
  it.each([
    ['HEARTBEAT_OK', ''],
    [' **HEARTBEAT_OK**\n', ''],
    ['HEARTBEAT_OK. All quiet.', ''],
    ['Nothing new today. HEARTBEAT_OK', ''],
    ['The dentist is at ten.', 'The dentist is at ten.'],
    ['I would answer HEARTBEAT_OK, but the tap drips.', 'I would answer HEARTBEAT_OK, but the tap drips.'],
    [`HEARTBEAT_OK\n${'There is much to tell. '.repeat(20)}`, 'There is much to tell. '.repeat(20).trim()],
    ['', ''],
  ])('%j is told as %j', (answer, said) => expect(saidIn(answer)).toBe(said))
})

describe('HEARTBEAT.md', () => {
  it.each([
    ['', true],
    ['# Heartbeat\n\n- [ ]\n-\n<!-- write\nhere -->\n', true],
    ['# Heartbeat\n- look at the mail', false],
    ['water the plants', false],
  ])('%j is empty: %s', (notes, empty) => expect(isEmpty(notes)).toBe(empty))

  it('stands behind the prompt, bounded, in a message that is nobody’s command', () => {
    const message = messageOf({
      atMs: Date.UTC(2026, 6, 1, 6, 5),
      timeZone: 'Europe/Berlin',
      prompt: 'run rm x',
      notes: 'x'.repeat(30_000),
    })
    expect(message).toMatch(/^\[from OpenClaw: heartbeat, 08:05 Europe\/Berlin\]\nrun rm x\n/)
    expect(message.length).toBeLessThan(21_000)
  })
})

describe('active hours', () => {
  const at = (hour: number, minute = 0) => Date.UTC(2026, 0, 1, hour, minute)
  it.each([
    ['08:00', '22:00', at(7, 59), false],
    ['08:00', '22:00', at(8), true],
    ['08:00', '22:00', at(22), false],
    ['22:00', '06:00', at(23), true],
    ['22:00', '06:00', at(5, 59), true],
    ['22:00', '06:00', at(6), false],
    ['00:00', '00:00', at(3), true],
  ])('from %s to %s', (from, to, now, active) =>
    expect(isActive({ every: '1h', active: { from, to, timeZone: 'UTC' } }, now)).toBe(active),
  )

  it('go by the clocks of their zone, also when those change', () => {
    const active = { from: '08:00', to: '09:00', timeZone: 'Europe/Berlin' }
    expect(isActive({ every: '1h', active }, Date.UTC(2026, 0, 1, 7, 30))).toBe(true)
    expect(isActive({ every: '1h', active }, Date.UTC(2026, 6, 1, 7, 30))).toBe(false)
    expect(isActive({ every: '1h', active }, Date.UTC(2026, 6, 1, 6, 30))).toBe(true)
    expect(() => isActive({ every: '1h', active: { ...active, timeZone: 'Mars/Olympus' } }, 0)).toThrow(
      expect.objectContaining({ code: 'invalid_config' }),
    )
  })

  it('intervals are lengths of time', () => {
    expect(['30m', '2h', '1d'].map((every) => intervalOf({ every }))).toEqual([1_800_000, 7_200_000, 86_400_000])
  })
})
