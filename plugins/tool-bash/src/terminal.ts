import { failure, type Job, type ToolCall } from '@openclaw/sdk'
import { isWindows, terminalArgv } from './shell.ts'

const askMs = 10_000

/**
 * Starts a command on a terminal of its own, for programs that behave otherwise without one or that ask for passwords.
 * The terminal is made by `script` of util-linux, so there is no native module; what else bears that name reads
 * other options. Throws `unsupported` where it is missing.
 */
export async function startTerminal(command: string, where: { cwd?: string }, call: ToolCall): Promise<Job> {
  if (!(await hasScript(call)))
    throw failure(
      'unsupported',
      `${command} was not started: a terminal needs the program \`script\` of util-linux, which is not there; install it, or go without pty`,
    )
  return await call.workspace.start(terminalArgv(command), where)
}

async function hasScript({ workspace, signal }: ToolCall): Promise<boolean> {
  if (isWindows(workspace.root)) return false
  let said = ''
  const argv = ['/bin/sh', '-c', 'script --version </dev/null 2>&1']
  for await (const output of workspace.exec(argv, { timeoutMs: askMs, signal }))
    if ('bytes' in output) said += Buffer.from(output.bytes).toString('latin1')
  return said.includes('util-linux')
}
