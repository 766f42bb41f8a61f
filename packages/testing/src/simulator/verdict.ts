import type { LedgerRecord } from '@openclaw/protocol'
import { isWhole, verifyJournal } from '@openclaw/kernel'
import type { Disk } from './disk/disk.ts'
import { filesOf } from './disk/files.ts'
import { readLedger } from './ledger.ts'
import type { Oracle } from './oracle.ts'
import type { Page } from './page.ts'
import { foreignWords, type Place } from './people.ts'
import type { Plan } from './plan.ts'
import type { Time } from './time.ts'

type Accept = LedgerRecord<'accept'>
type Outbound = LedgerRecord<'outbound'>

/** What is judged when everything has come to rest. */
export interface Case {
  readonly disk: Disk
  readonly home: string
  readonly places: readonly Place[]
  readonly page: Page
  readonly oracle: Oracle
  readonly plan: Plan
  readonly time: Time
  close(): Promise<void>
}

/** Stops the gateway in order and looks whether everything that was promised came true, once, and for the right ones. */
export async function judge(found: Case): Promise<void> {
  const { oracle, time } = found
  let closed = false
  found.close().then(
    () => (closed = true),
    (error: unknown) => oracle.breaks(`the gateway did not stop in order: ${String(error)}`),
  )
  while (!closed && oracle.broken.length === 0) {
    const stepped = await time.step()
    if (!stepped && !closed) oracle.breaks('the gateway does not stop')
  }
  const commits = readLedger(found.disk, `${found.home}/ledger`)
  judgeAccepts(found, commits)
  judgeDeliveries(found, commits)
  await judgeJournals(found, commits)
}

function judgeAccepts({ places, page, oracle }: Case, commits: readonly (readonly LedgerRecord[])[]): void {
  const records = commits.flat()
  const accepts = records.filter((record) => record.type === 'accept')
  const taken = Map.groupBy(accepts, ({ dedupe }) => dedupe)
  for (const [dedupe, twins] of taken)
    if (twins.length > 1) oracle.breaks(`${dedupe} was accepted ${twins.length} times`)
  const answered = new Set(
    records.flatMap((record) => (record.type === 'refused' || record.type === 'done' ? [record.dedupe] : [])),
  )
  const wanted = [
    ...places.flatMap(({ said }) => said.map(({ dedupe }) => dedupe)),
    ...page.said.map(({ key }) => `rpc/owner/${key}`),
  ]
  for (const dedupe of wanted)
    if (!taken.has(dedupe) && !answered.has(dedupe)) oracle.breaks(`${dedupe} was acknowledged and is nowhere`)

  const settled = new Map<string, number>()
  for (const group of commits) {
    for (const settle of group.filter((record) => record.type === 'settle')) {
      for (const id of settle.accepts) settled.set(id, (settled.get(id) ?? 0) + 1)
      const owner = accepts.find(({ id }) => id === settle.accepts.at(-1))
      const replies = group.filter((record) => record.type === 'outbound')
      if (settle.outcome === 'answered' && owner?.reply && replies.length !== 1)
        oracle.breaks(`run ${settle.run} was answered with ${replies.length} messages`)
      for (const { address } of replies)
        if (JSON.stringify(address) !== JSON.stringify(owner?.reply))
          oracle.breaks(`the answer of run ${settle.run} goes to ${JSON.stringify(address)}`)
    }
  }
  for (const { id, dedupe } of accepts)
    if (settled.get(id) !== 1) oracle.breaks(`${dedupe} belongs to ${settled.get(id) ?? 0} runs`)

  for (const { manners, said } of places) {
    // What is given before the last one was taken may change places with it when that is refused.
    if (manners.pipelined) continue
    for (const [peer, ours] of Map.groupBy(said, ({ event }) => event.peer.id)) {
      const order = accepts
        .filter(({ dedupe }) => ours.some((one) => one.dedupe === dedupe))
        .map(({ dedupe }) => dedupe)
      const meant = ours.map(({ dedupe }) => dedupe).filter((dedupe) => order.includes(dedupe))
      if (order.join() !== meant.join()) oracle.breaks(`${manners.id}/${peer} was taken in the order ${order.join()}`)
    }
  }
}

function judgeDeliveries({ places, oracle }: Case, commits: readonly (readonly LedgerRecord[])[]): void {
  const records = commits.flat()
  const lanes = Map.groupBy(
    records.filter((record) => record.type === 'outbound'),
    ({ address }) => JSON.stringify(address),
  )
  for (const outbounds of lanes.values()) {
    const { address } = outbounds[0]!
    const place = places.find(({ manners }) => manners.id === address.channel)!
    let last = -1
    for (const outbound of outbounds) {
      const arrived = arrivalOf(place, outbound, records)
      if (typeof arrived === 'string') oracle.breaks(`${address.channel}/${address.peer.id}: ${arrived}`)
      // A command is answered at once, whatever a run is about to say.
      else if (outbound.run === undefined) continue
      else if (arrived !== undefined && arrived < last)
        oracle.breaks(`${address.channel}/${address.peer.id}: ${outbound.id} arrived before what was owed before it`)
      else last = arrived ?? last
    }
  }
}

/** Where an outbound's first message stands among those of its place; what is wrong with it; nothing where it may be missing. */
function arrivalOf(
  { manners, seen }: Place,
  outbound: Outbound,
  records: readonly LedgerRecord[],
): number | string | undefined {
  const { id, address, preview, text } = outbound
  const ends = records.filter(
    (record) =>
      ((record.type === 'sent' && record.last) || record.type === 'dead' || record.type === 'cancelled') &&
      record.outbound === id,
  )
  if (ends.length !== 1) return `${id} ended ${ends.length} times`
  if (ends[0]!.type !== 'sent') return undefined
  const receipts = records.filter((record) => record.type === 'sent').filter((record) => record.outbound === id)
  // Where nothing may come twice, what may have arrived is not sent again.
  if (receipts.some(({ receipt }) => receipt.messages.length === 0))
    return manners.delivery === 'at-most-once' ? undefined : `${id} has no receipt`
  const parts = receipts.map(({ chunk, receipt }) => ({
    chunk,
    one: seen.find(({ message }) => message === receipt.messages[0]),
  }))
  if (parts.some(({ one }) => !one)) return `${id} has a receipt of a message that is not there`
  if (parts.some(({ one }) => JSON.stringify(one!.peer) !== JSON.stringify(address.peer)))
    return `${id} stands elsewhere`
  if (parts.some(({ chunk, one }) => one!.key !== `${id}:${chunk}` && one!.message !== preview))
    return `${id} has a receipt of another message`
  const whole = parts.toSorted((a, b) => a.chunk - b.chunk).map(({ one }) => one!.text)
  if (!whole.join('').startsWith(text)) return `${id} says ${JSON.stringify(whole)}, not ${JSON.stringify(text)}`
  return preview === undefined ? seen.indexOf(parts[0]!.one!) : undefined
}

async function judgeJournals(
  { disk, home, oracle, plan, time }: Case,
  commits: readonly (readonly LedgerRecord[])[],
): Promise<void> {
  const files = filesOf(
    disk,
    async (_operation, perform) => perform(),
    () => time.nowMs,
  )
  const records = commits.flat()
  const unhurt = plan.ends.every(({ how }) => how === 'stop') && plan.troubles.length === 0
  const texts = new Map<string, string>()
  for (const path of disk.names.keys()) {
    if (!path.startsWith(`${home}/sessions/`) || !path.endsWith('.jsonl')) continue
    const verified = await verifyJournal(path, { files })
    if (unhurt ? !isWhole(verified) : verified.gaps.length > 0)
      oracle.breaks(`${path} is not whole: ${JSON.stringify(verified)}`)
    if (verified.key !== undefined) texts.set(verified.key, disk.names.get(path)!.bytes.toString())
  }
  for (const { session, line } of records.filter((record) => record.type === 'line')) {
    if (!texts.get(session)?.includes(JSON.stringify(line)))
      oracle.breaks(`${session} lacks a line that the ledger has: ${JSON.stringify(line).slice(0, 200)}`)
  }
  for (const [path, { bytes }] of disk.names)
    if (/word-[a-z]+-direct-stranger/.test(bytes.toString('latin1'))) oracle.breaks(`${path} holds a stranger's words`)
  judgeWords(records, texts, oracle)
}

/** What stands in a conversation's journal is its own. */
function judgeWords(records: readonly LedgerRecord[], texts: ReadonlyMap<string, string>, oracle: Oracle): void {
  const accepts: readonly Accept[] = records.filter((record) => record.type === 'accept')
  for (const { session, reply } of accepts) {
    const foreign = reply ? foreignWords(texts.get(session) ?? '', reply.channel, reply.peer) : []
    if (foreign.length > 0) oracle.breaks(`the journal of ${session} holds ${foreign.join()}`)
  }
}
