import { text } from 'node:stream/consumers'
import { failure } from '@openclaw/protocol'
import type { Cli } from './cli.ts'

/** Asks for a secret without showing it, or reads it from stdin where nobody can be asked. Never from an argument. */
export async function readSecret(what: string, cli: Cli): Promise<string> {
  const given = cli.terminal.interactive
    ? await cli.terminal.askHidden(`${what} (it is not shown): `)
    : await text(process.stdin)
  const secret = (given ?? '').trim()
  if (secret === '') throw failure('invalid_params', `${what}: nothing was given; type it, or hand it over on stdin.`)
  return secret
}
