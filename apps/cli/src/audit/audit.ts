import { chmod } from 'node:fs/promises'
import type { Cli } from '../cli.ts'
import { openSettings } from '../settings.ts'
import type { Change, Check, Found } from './check.ts'
import { fileChecks } from './files.ts'
import { networkChecks } from './network.ts'
import { peopleChecks } from './people.ts'
import { pluginChecks } from './plugins.ts'
import { lookAt } from './seen.ts'

/** The table of the audit, in the order of the report. An id in it never changes its meaning. */
export const auditChecks: readonly Check[] = [...networkChecks, ...fileChecks, ...peopleChecks, ...pluginChecks]

/** A finding with what its row says of it. */
export type Audited = Found & Pick<Check, 'id' | 'severity'>

/** Goes through the table. Changes nothing, and works with and without a running gateway. */
export async function audit(cli: Cli, { deep }: { readonly deep: boolean }): Promise<Audited[]> {
  const seen = await lookAt(cli, deep)
  const findings: Audited[] = []
  for (const { id, severity, deep: onlyDeep = false, look } of auditChecks) {
    if (onlyDeep && !deep) continue
    findings.push(...(await look(seen)).map((found) => ({ id, severity, ...found })))
  }
  return findings
}

/** Makes the changes that findings propose, each once, and says what was done. Throws at the first that fails. */
export async function repair(cli: Cli, findings: readonly Audited[]): Promise<string[]> {
  const settings = await openSettings(cli)
  const changes = new Map(findings.flatMap(({ change }) => (change ? [[JSON.stringify(change), change] as const] : [])))
  const done: string[] = []
  for (const change of changes.values()) done.push(await make(change))
  return done

  async function make(change: Change): Promise<string> {
    if ('close' in change) {
      await chmod(change.close, change.mode)
      return `${change.close} is yours alone`
    }
    await settings.set(change.set, change.value)
    return `${change.set} is ${JSON.stringify(change.value)}`
  }
}
