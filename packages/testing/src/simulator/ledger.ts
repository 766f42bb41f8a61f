import { hash } from 'node:crypto'
import type { LedgerRecord } from '@openclaw/protocol'
import type { Disk } from './disk/disk.ts'

/** What the bytes of a ledger say, read without the kernel's own code: every commit that counts, in order. */
export function readLedger(disk: Disk, folder: string): readonly (readonly LedgerRecord[])[] {
  const commits = new Map<number, readonly LedgerRecord[]>()
  const refused: { from: number; upto: number }[] = []
  for (const path of [...disk.names.keys()].filter((name) => isSegment(name, folder)).sort()) {
    for (const line of disk.names.get(path)!.bytes.toString().split('\n')) {
      const end = line.lastIndexOf(',"sum":"')
      if (end < 0 || line.slice(end) !== `,"sum":"${hash('sha256', line.slice(0, end)).slice(0, 16)}"}`) continue
      const { n, group } = JSON.parse(line) as { n: number; group: LedgerRecord[] }
      if (group[0]?.type === 'head' || commits.has(n)) continue
      commits.set(n, group)
      refused.push(...group.filter((record) => record.type === 'refusal'))
    }
  }
  return [...commits]
    .filter(([n]) => !refused.some(({ from, upto }) => from <= n && n <= upto))
    .sort(([one], [other]) => one - other)
    .map(([, group]) => group)
}

/** Does the ledger have this text for certain, whatever happens to the machine now? */
export function isSafe(disk: Disk, folder: string, text: string): boolean {
  return [...disk.names.keys()].some((path) => isSegment(path, folder) && disk.safe(path).includes(text))
}

/** How large it is. */
export function ledgerBytes(disk: Disk, folder: string): number {
  return [...disk.names].reduce((sum, [path, { bytes }]) => sum + (isSegment(path, folder) ? bytes.length : 0), 0)
}

/** What is promised and not done. */
export function owedBy(commits: readonly (readonly LedgerRecord[])[]): readonly string[] {
  const owed = new Set<string>()
  for (const record of commits.flat()) {
    if (record.type === 'accept' || record.type === 'outbound') owed.add(record.id)
    if (record.type === 'settle') for (const id of record.accepts) owed.delete(id)
    if ((record.type === 'sent' && record.last) || record.type === 'dead' || record.type === 'cancelled')
      owed.delete(record.outbound)
  }
  return [...owed]
}

function isSegment(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) && path.endsWith('.log')
}
