import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, arch, platform } from 'node:os'
import { join } from 'node:path'
import type { Acks } from '../test/e2e/acks.ts'
import { soakAcks } from './acks.ts'
import { soakKills, type Kills } from './kills.ts'
import { soakSeeds, type Seeds } from './seeds.ts'

const page = join(import.meta.dirname, '../docs/reliability.md')
const begin = '<!-- figures: written by pnpm soak --report -->'
const end = '<!-- end of figures -->'

/** Runs everything with these numbers and writes the table of figures into docs/reliability.md; 1 when something broke. */
export async function writeReport(plan: {
  readonly kills: number
  readonly acks: number
  readonly seeds: number
  readonly seed: number
  readonly from: number
}): Promise<void> {
  const { line, broken } = await soakKills(plan)
  const acks = await soakAcks(plan.acks)
  const seeds = await soakSeeds(plan)
  await writeFile(page, withFigures(await readFile(page, 'utf8'), figures(line, acks, { ...seeds, from: plan.from })))
  if (broken || acks.answered < acks.kills || seeds.failures > 0) process.exitCode = 1
}

/** The page with this table in the place of the one that it has. */
export function withFigures(text: string, table: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has lost its marks: ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`
}

/** The table, with what makes each figure again. */
export function figures(kills: Kills, acks: Acks, seeds: Seeds & { readonly from: number }): string {
  const many = (count: number) => count.toLocaleString('en')
  const first = seeds.firstFailure === null ? '' : `, the first ${seeds.firstFailure}`
  const rows = [
    ['promise', 'what was done', 'found', 'the same again'],
    ['---', '---', '---', '---'],
    [
      'R1 R3 R4 R8',
      `${many(kills.kills)} kills while ${many(kills.messages)} messages were said, over web chat, a webhook and the four channels`,
      `lost ${kills.lost}, doubled ${kills.doubled}, wrong recipient ${kills.wrongRecipient}`,
      `\`pnpm soak --kills ${kills.kills} --seed ${kills.seed}\``,
    ],
    [
      'R2',
      `${many(acks.kills)} kills right after an acknowledgement`,
      `found ${acks.found}, answered ${acks.answered}`,
      `\`pnpm soak --acks ${acks.kills}\``,
    ],
    [
      'R1 to R6, R8',
      `${many(seeds.seeds)} seeds of the simulator`,
      `${seeds.failures} broke a promise${first}`,
      `\`pnpm soak --seeds ${seeds.seeds} --from ${seeds.from}\``,
    ],
  ]
  const machine = `Machine class: ${availableParallelism()} cores, ${platform()} ${arch()}, Node ${process.versions.node.split('.')[0]}.`
  return `${machine}\n\n${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`
}
