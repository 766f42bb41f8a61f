import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { figures, withFigures } from '../soak/report.ts'
import { places } from './e2e/channels/places.ts'
import { points } from './e2e/channels/points.ts'
import { usual } from './e2e/channels/survive.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8')

/** The first cells of the rows of the table under a heading. */
function firstCells(heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`)
  const rows = section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| '))
  return rows.slice(2).map((row) => row.split('|')[1]!.trim())
}

describe('docs/reliability.md', () => {
  it('says of each named point what a person sees of it, in their order', () => {
    expect(firstCells('What a person sees of a crash')).toEqual(Object.keys(points))
  })

  it('says what each channel guarantees', () => {
    const channels = readdirSync(join(root, 'plugins')).flatMap((name) => /^channel-(.+)/.exec(name)?.[1] ?? [])
    const named = firstCells('What each channel can guarantee').map((cell) => /^\[(\w+)\]/.exec(cell)?.[1] ?? cell)
    expect(named).toEqual(['web chat', ...channels.toSorted()])
  })

  it('counts the kills and messages of the tests as they are', async () => {
    const atPoints = await Promise.all([places.webchat(), places.telegram()])
    const runs = Object.keys(places).length
    const kills = runs * usual.kills + atPoints.reduce((sum, place) => sum + 2 * place.points.length, 0)
    expect(page).toContain(`${kills} kills, ${(runs + atPoints.length) * usual.messages} messages`)
  })

  it('takes the figures of a soak, with the commands that make them again, and keeps its words', () => {
    const found = { lost: 0, doubled: 1, wrongRecipient: 2 }
    const table = figures(
      { kills: 1000, messages: 10_000, ...found, seed: 7 },
      { kills: 200, found: 200, answered: 199 },
      { seeds: 20_000, failures: 3, firstFailure: 4711, from: 1 },
    )
    for (const words of [
      '1,000 kills while 10,000 messages were said',
      'lost 0, doubled 1, wrong recipient 2',
      'pnpm soak --kills 1000 --seed 7',
      'found 200, answered 199',
      'pnpm soak --acks 200',
      '3 broke a promise, the first 4711',
      'pnpm soak --seeds 20000 --from 1',
    ])
      expect(table).toContain(words)
    const once = withFigures(page, table)
    expect(once).toContain(table)
    expect(withFigures(once, table)).toBe(once)
    expect(once.split('## Figures')[0]).toBe(page.split('## Figures')[0])
    expect(() => withFigures('nothing', table)).toThrow('has lost its marks')
  })
})
