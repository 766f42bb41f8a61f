/**
 * Starts bash where there is one, else the plain shell: in a sandbox nobody knows beforehand. Without `--norc` bash
 * would take our pipe for a network login and read the person's .bashrc, with the keys and delays that stand in it.
 */
const posix = [
  '/bin/sh',
  '-c',
  'command -v bash >/dev/null 2>&1 && exec bash --norc -c "$1"; exec /bin/sh -c "$1"',
  'sh',
] as const
const windows = ['powershell.exe', '-NoLogo', '-NoProfile', '-NonInteractive', '-Command'] as const

/** The argv that runs a command line in the shell of the machine that the workspace's root belongs to. */
export function shellArgv(root: string, command: string): readonly string[] {
  return [...(isWindows(root) ? windows : posix), command]
}

/** The command line out of what the workspace calls a job. */
export function commandOf(job: string): string {
  const start = [posix, windows].map((prefix) => `${prefix.join(' ')} `).find((prefix) => job.startsWith(prefix))
  return start ? job.slice(start.length) : job
}

function isWindows(root: string): boolean {
  return /^([a-zA-Z]:[\\/]|\\\\)/.test(root)
}
