import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLine, type Usage } from '@openclaw/protocol'
import type { Traits } from '@openclaw/sdk'
import { price } from '../../providers/models.ts'
import type { Vendors } from '../../providers/vendors.ts'
import { readJournals, readLines } from '../channels/journals.ts'
import { judge } from '../channels/oracle.ts'
import type { Person } from './people.ts'

/** What a day leaves behind. */
export interface Day {
  readonly home: string
  /** Who talked, and what their platform promises. */
  readonly places: readonly { readonly people: readonly Person[]; readonly delivery: Traits['delivery'] }[]
  readonly vendors: Vendors
  readonly kills: number
}

/** What was lost, doubled or led astray, in sentences; none when all is well. */
export function judgeDay({ home, places, vendors, kills }: Day): string[] {
  const journals = readJournals(home)
  const effects = readNotes(home)
  const cut = JSON.stringify(callsCut(home))
  const requests = vendors.requests.map(({ body }) => body)
  const killedAt = Array.from({ length: kills }, () => 'a random moment')
  return places.flatMap(({ people, delivery }) => {
    const { platform } = people[0]!
    const all = people.flatMap((person) => person.said)
    const verdict = judge({
      ...journals,
      delivery,
      said: all,
      effects,
      // What is neither an answer to a mark nor a notice of a failure has a test of its own.
      sees: platform.sees().filter(({ text }) => /\bm\d+p\d+\b|could not answer|interrupted/.test(text)),
      requests,
      links: platform.links(),
      people: people.map(({ id }) => id),
      killedAt,
    })
    const missing = all.filter(({ mark, wrote }) => wrote && !effects.has(mark) && !cut.includes(`did ${mark}"`))
    return [...Object.values(verdict).flat(), ...missing.map(({ mark }) => `the note of ${mark} is lost`)]
  })
}

/** Inputs of calls that a kill cut: they may have been carried out or not, and the model is told so. */
function callsCut(home: string): readonly unknown[] {
  const lines = readLines(home).map(({ line }) => line)
  const done = new Set(lines.flatMap((line) => (isLine(line, 'tool') ? [line.body.call] : [])))
  return lines.flatMap((line) =>
    isLine(line, 'assistant')
      ? line.body.content.flatMap((part) => (part.type === 'call' && !done.has(part.id) ? [part.input] : []))
      : [],
  )
}

/** How often each mark stands in the notes of a home's agents. */
function readNotes(home: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const workspace of ['workspace', 'workspaces/work']) {
    const folder = join(home, workspace, 'memory')
    for (const name of readdirSync(folder))
      for (const [, mark] of readFileSync(join(folder, name), 'utf8').matchAll(/^did (\S+)$/gm))
        counts.set(mark!, (counts.get(mark!) ?? 0) + 1)
  }
  return counts
}

/** What the vendors counted for all that stands in the journals, and what does not stand there. */
export function countUsage({ home, vendors }: Day) {
  const left = new Map(vendors.given.map((one) => [one.output, one]))
  const total = { calls: 0, input: 0, output: 0, costUsd: 0 }
  const unknown: Usage[] = []
  for (const usage of usageIn(home)) {
    const given = left.get(usage.output)
    if (given?.input !== usage.input) {
      unknown.push(usage)
      continue
    }
    left.delete(usage.output)
    total.calls++
    total.input += given.input
    total.output += given.output
    total.costUsd += (given.input * price.input + given.output * price.output) / 1e6
  }
  return { total, unknown, lost: [...left.values()] }
}

function usageIn(home: string): readonly Usage[] {
  return readLines(home).flatMap(({ line }) => {
    if (isLine(line, 'assistant')) return line.body.usage ?? []
    return isLine(line, 'checkpoint') ? (line.body.made?.usage ?? []) : []
  })
}

/** Names of tools that were called and did what they do, at least once. */
export function toolsDone(home: string): readonly string[] {
  const done = readLines(home).flatMap(({ line }) =>
    isLine(line, 'tool') && !line.body.failed ? [line.body.tool] : [],
  )
  return [...new Set(done)].toSorted()
}

/** How often something was said to an agent. */
export function timesSaid(home: string, text: RegExp): number {
  return readLines(home).filter(({ line }) => isLine(line, 'user') && text.test(line.body.text)).length
}

/** Models that answered a message with that mark. */
export function answeredBy(home: string, mark: string): readonly string[] {
  return readLines(home).flatMap(({ line }) =>
    isLine(line, 'assistant') && JSON.stringify(line.body.content).includes(`I noted ${mark}`) ? [line.body.model] : [],
  )
}

/** Summaries that stand for the older part of a session. */
export function summaries(home: string): readonly string[] {
  return readLines(home).flatMap(({ session, line }) =>
    isLine(line, 'checkpoint') && line.body.reason === 'compaction' ? [session] : [],
  )
}
