import { text } from 'node:stream/consumers'
import { failure } from '@openclaw/protocol'
import type { Cli } from './cli.ts'

/** Asks for a secret without showing it, or reads it from stdin where nobody can be asked. Never from an argument. */
export async function readSecret(what: string, cli: Cli): Promise<string> {
  const given = cli.terminal.interactive
    ? await cli.terminal.askHidden(`${what} (it is not shown): `)
    : await text(process.stdin)
  return clean(given, what)
}

/** Reads secrets from stdin: one is all of it, several are one JSON section with these names. */
export async function readSecrets(names: readonly string[], what: string): Promise<Readonly<Record<string, string>>> {
  const given = await text(process.stdin)
  const section = names.length === 1 ? { [names[0] ?? '']: given } : parse(given)
  if (!section)
    throw failure(
      'invalid_params',
      `${what}: ${names.join(' and ')} are read from stdin as JSON: ${JSON.stringify(Object.fromEntries(names.map((name) => [name, '…'])))}`,
    )
  return Object.fromEntries(names.map((name) => [name, clean(section[name], `${what}: ${name}`)]))
}

function clean(given: unknown, what: string): string {
  const secret = typeof given === 'string' ? given.trim() : ''
  if (secret === '') throw failure('invalid_params', `${what}: nothing was given; type it, or hand it over on stdin.`)
  return secret
}

function parse(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
