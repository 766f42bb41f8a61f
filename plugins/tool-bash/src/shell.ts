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
/**
 * The same on a terminal: `-f` shows at once what is written, `-e` ends with the command's exit code. Without a size
 * programs draw for a terminal of no columns.
 */
const onTerminal = [
  '/bin/sh',
  '-c',
  'export SHELL="$(command -v bash || echo /bin/sh)" TERM=xterm; exec script -qfec "stty rows 40 cols 120; $1" /dev/null',
  'sh',
] as const
const windows = ['powershell.exe', '-NoLogo', '-NoProfile', '-NonInteractive', '-Command'] as const

/** The argv that runs a command line in the shell of the machine that the workspace's root belongs to. */
export function shellArgv(root: string, command: string): readonly string[] {
  return [...(isWindows(root) ? windows : posix), command]
}

/** The argv that runs a command line on a terminal of its own, where there is `script` of util-linux. */
export function terminalArgv(command: string): readonly string[] {
  return [...onTerminal, command]
}

/** The command line out of what the workspace calls a job. */
export function commandOf(job: string): string {
  const start = [posix, onTerminal, windows]
    .map((prefix) => `${prefix.join(' ')} `)
    .find((prefix) => job.startsWith(prefix))
  return start ? job.slice(start.length) : job
}

/** True for a workspace on Windows, by its root. */
export function isWindows(root: string): boolean {
  return /^([a-zA-Z]:[\\/]|\\\\)/.test(root)
}
