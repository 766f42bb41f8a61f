import { spawn } from 'node:child_process'

/** Ends a process with all that it started. */
export interface Guard {
  /** A variable for the process: what leaves its group still carries it, and is found by it on Linux. */
  readonly mark: Readonly<Record<string, string>>
  /** Tells it the process group to end. */
  watch(group: number): void
  /** Ends them now. */
  end(): void
}

/**
 * Waits for a line with the process group, then for the end of its input: that comes when it is told to, and when this
 * process is gone, be it by SIGKILL. What forks meanwhile is found in the next round.
 */
const script = `read -r group; read -r _
[ -n "$group" ] && kill -9 "-$group" 2>/dev/null
for round in 1 2 3 4 5 6 7 8 9; do
  found=$(grep -lsF -- "$1" /proc/[0-9]*/environ)
  [ -n "$found" ] || exit 0
  for file in $found; do pid=\${file%/environ}; kill -9 "\${pid#/proc/}" 2>/dev/null; done
  sleep 0.1
done`

/** Starts a guard, before the process that it watches. */
export function openGuard(id: string): Guard {
  const mark = `OPENCLAW_MCP=${id}`
  const shell = spawn('/bin/sh', ['-c', script, 'openclaw-guard', mark], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  return {
    mark: { OPENCLAW_MCP: id },
    watch: (group) => void shell.stdin.write(`${group}\n`),
    end: () => void shell.stdin.end(),
  }
}
