import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

interface Row {
  readonly pid: number
  readonly parent: number
  readonly rssMb: number
  readonly cpuS: number
}

/** Resident memory of a process and of all its children, in MB, as `ps` says it. */
export function memoryOf(pid: number): { readonly own: number; readonly total: number } {
  const family = familyOf(pid)
  return {
    own: family.find((row) => row.pid === pid)?.rssMb ?? 0,
    total: family.reduce((sum, { rssMb }) => sum + rssMb, 0),
  }
}

/** The most memory that a process and that its children ever had, in MB (proc_pid_status(5), VmHWM). Linux only. */
export function peaksOf(pid: number): { readonly own: number; readonly children: number } {
  const peaks = familyOf(pid).map((row) => {
    const [, kb = '0'] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${row.pid}/status`, 'utf8')) ?? []
    return { own: row.pid === pid, mb: Number(kb) / 1024 }
  })
  const sum = (own: boolean) => peaks.reduce((total, one) => (one.own === own ? total + one.mb : total), 0)
  return { own: sum(true), children: sum(false) }
}

/** Open descriptors of a process and its children. Linux only. */
export function handlesOf(pid: number): number {
  return familyOf(pid).reduce((count, row) => count + readdirSync(`/proc/${row.pid}/fd`).length, 0)
}

/** Processor time that a process and its children have taken so far, in seconds. */
export function cpuOf(pid: number): number {
  return familyOf(pid).reduce((sum, { cpuS }) => sum + cpuS, 0)
}

function familyOf(pid: number): Row[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,cputimes='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line): Row => {
      const [own = 0, parent = 0, kb = 0, seconds = 0] = line.trim().split(/\s+/).map(Number)
      return { pid: own, parent, rssMb: kb / 1024, cpuS: cpuSeconds(own) ?? seconds }
    })
  const family = rows.filter((row) => row.pid === pid)
  for (const known of family) family.push(...rows.filter(({ parent }) => parent === known.pid))
  return family
}

/** On Linux to a hundredth of a second (proc_pid_stat(5), fields 14 and 15); undefined elsewhere. */
function cpuSeconds(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}
