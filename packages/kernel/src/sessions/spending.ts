import { isLine, type AnyLine, type Usage } from '@openclaw/protocol'

/** What one day's runs of one person on one model used in one session. */
export interface Spending {
  readonly day: string
  readonly model: string
  readonly sender: string
  runs: number
  calls: number
  input: number
  cached: number
  output: number
  costUsd: number
}

/** What has to be known of earlier lines: for whom the run works, and who wrote what no run has taken yet. */
export interface Spender {
  sender: string
  waiting: Record<string, string>
}

export const owner = 'owner'
export const nobodyYet = (): Spender => ({ sender: owner, waiting: {} })

/** A day in the time of this machine, as people mean it. */
export function dayOf(atMs: number): string {
  const at = new Date(atMs)
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/** Adds one line; `rows` are the sums so far. */
export function addToSpending(rows: Map<string, Spending>, spender: Spender, line: AnyLine): void {
  if (isLine(line, 'user')) {
    const { role, origin } = line
    if (role !== owner) spender.waiting[line.id] = origin ? personOf(origin) : 'unknown'
    return
  }
  if (isLine(line, 'run', 'take')) {
    const others = line.body.takes.flatMap((id) => spender.waiting[id] ?? [])
    if (line.kind === 'run' || others.length > 0) spender.sender = others.at(-1) ?? owner
    for (const id of line.body.takes) delete spender.waiting[id]
    if (isLine(line, 'run')) rowOf(rows, spender, line.at, line.body.model).runs++
    return
  }
  if (isLine(line, 'assistant') && line.body.usage) spend(rows, spender, line.at, line.body.model, line.body.usage)
  if (isLine(line, 'checkpoint') && line.body.made)
    spend(rows, spender, line.at, line.body.made.model, line.body.made.usage)
}

/** Whoever spoke last, when that was not the owner: a summary that is asked for is made for them. */
export function lastPerson(lines: readonly AnyLine[]): string | undefined {
  const last = lines.findLast((line) => isLine(line, 'user'))
  if (!last || last.role === owner) return undefined
  return last.origin ? personOf(last.origin) : 'unknown'
}

/** Whoever wrote a message, as `channel/account/person`; for what passes between agents, whom they work for. */
export function personOf(origin: {
  readonly channel: string
  readonly account: string
  readonly peer: { readonly id: string }
  readonly sender?: string
}): string {
  if (origin.channel === 'subagent') return origin.sender ?? 'unknown'
  return `${origin.channel}/${origin.account}/${origin.sender ?? origin.peer.id}`
}

function spend(rows: Map<string, Spending>, spender: Spender, at: number, model: string, usage: Usage): void {
  const row = rowOf(rows, spender, at, model)
  row.calls++
  row.input += usage.input
  row.cached += usage.cached
  row.output += usage.output
  row.costUsd += usage.costUsd ?? 0
}

function rowOf(rows: Map<string, Spending>, { sender }: Spender, at: number, model: string): Spending {
  const day = dayOf(at)
  const key = JSON.stringify([day, model, sender])
  let row = rows.get(key)
  if (!row) {
    row = { day, model, sender, runs: 0, calls: 0, input: 0, cached: 0, output: 0, costUsd: 0 }
    rows.set(key, row)
  }
  return row
}
