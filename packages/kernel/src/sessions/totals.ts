import { isLine, type AnyLine, type Settings, type Usage } from '@openclaw/protocol'
import type { Address } from '@openclaw/protocol'
import { parseKey } from '../router/key.ts'
import { firstWords, patchSettings } from './session.ts'
import { nobodyYet, type Spender } from './spending.ts'

/** What the index knows of one session, folded over all lines of its journal. */
export interface Totals {
  key: string
  agent: string
  /** Of its first message, else of its key. */
  address: Partial<Address>
  settings: Settings
  /** First words of the first user line. */
  words: string | undefined
  createdAt: number
  updatedAt: number
  lines: number
  damaged: number
  usage: Usage
  /** Who the next line's spending is counted for. */
  spender: Spender
}

/** A journal of which nothing was read. */
export function emptyTotals(): Totals {
  return {
    key: '',
    agent: '',
    address: {},
    settings: {},
    words: undefined,
    createdAt: 0,
    updatedAt: 0,
    lines: 0,
    damaged: 0,
    usage: { input: 0, cached: 0, output: 0 },
    spender: nobodyYet(),
  }
}

/** Adds one line, and answers the words that were said in it. */
export function addToTotals(totals: Totals, line: AnyLine): string {
  totals.lines++
  totals.createdAt ||= line.at
  totals.updatedAt = Math.max(totals.updatedAt, line.at)
  if (isLine(line, 'session')) {
    totals.key = line.body.key
    totals.agent = line.body.agent
    totals.address = parseKey(line.body.key) ?? {}
  }
  if (isLine(line, 'settings')) totals.settings = patchSettings(totals.settings, line.body)
  if (isLine(line, 'checkpoint')) {
    totals.settings = line.body.settings
    if (line.body.made) totals.usage = addUsage(totals.usage, line.body.made.usage)
  }
  if (isLine(line, 'user')) {
    if (totals.words === undefined) {
      totals.words = firstWords(line.body.text)
      totals.address = line.origin ?? totals.address
    }
    return line.body.text
  }
  if (isLine(line, 'assistant')) {
    if (line.body.usage) totals.usage = addUsage(totals.usage, line.body.usage)
    return line.body.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  }
  return isLine(line, 'note') ? line.body.text : ''
}

function addUsage(sum: Usage, usage: Usage): Usage {
  const costUsd =
    sum.costUsd === undefined && usage.costUsd === undefined ? undefined : (sum.costUsd ?? 0) + (usage.costUsd ?? 0)
  return {
    input: sum.input + usage.input,
    cached: sum.cached + usage.cached,
    output: sum.output + usage.output,
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}
