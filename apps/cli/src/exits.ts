import type { ErrorCode, Failure } from '@openclaw/protocol'

/** What the exit code of every command says. */
export const exits = {
  ok: [0, 'Done.'],
  failed: [1, 'It failed, or a check found something wrong; the message says what.'],
  usage: [2, 'The command was not understood: unknown command or option, missing or wrong value.'],
  noGateway: [3, 'No gateway is running for this home.'],
  unauthorised: [4, 'The gateway does not let us in, or not that far.'],
  notFound: [5, 'What was named does not exist.'],
  conflict: [6, 'Something else has it: another gateway, a running session, a changed file.'],
  config: [7, 'The configuration has problems.'],
  unavailable: [8, 'Not possible right now: the disk, the network, a limit. Trying again may help.'],
  interrupted: [130, 'Stopped by Ctrl-C.'],
} as const satisfies Record<string, readonly [number, string]>

const byCode: Partial<Record<ErrorCode, number>> = {
  invalid_params: exits.usage[0],
  unauthorized: exits.unauthorised[0],
  forbidden: exits.unauthorised[0],
  not_found: exits.notFound[0],
  conflict: exits.conflict[0],
  invalid_config: exits.config[0],
  unavailable: exits.unavailable[0],
  rate_limited: exits.unavailable[0],
}

/** The exit code for something that was thrown: its own, else the one of its failure's code. */
export function exitOf(thrown: unknown, failure: Failure): number {
  const own = (thrown as { exit?: unknown } | null | undefined)?.exit
  return typeof own === 'number' ? own : (byCode[failure.code] ?? exits.failed[0])
}
