import { failure, toFailure } from '@openclaw/sdk'
import type { Settings } from './connect.ts'

/** A server, as messages about it name it. */
export interface About {
  readonly name: string
  readonly settings: Settings
}

/** Codes of the library's own errors: `ErrorCode` in @modelcontextprotocol/sdk/types.js. */
const connectionClosed = -32_000
const requestTimeout = -32_001

const codeOf = (thrown: unknown) => (thrown as { code?: unknown } | null)?.code

/** The server answered with an error of its own: it lives, and what it says is for the model. */
export function isAnswer(thrown: unknown): boolean {
  const code = codeOf(thrown)
  return typeof code === 'number' && code < -1 && code !== connectionClosed && code !== requestTimeout
}

/**
 * The server does not know our session, so it did nothing:
 * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#session-management
 */
export function isForgotten(thrown: unknown): boolean {
  return codeOf(thrown) === 404
}

/** It did not answer in time; it may be busy with this call alone. */
export function isTimeout(thrown: unknown): boolean {
  return codeOf(thrown) === requestTimeout
}

/** Why a server could not be reached, and what to do. */
export function unreachable(thrown: unknown, { name, settings }: About): Error {
  const { code, message } = toFailure(thrown)
  if (code !== 'internal') return thrown as Error
  const where = `plugins.mcp.config.servers.${name}`
  const status = codeOf(thrown)
  if (status === 401 || status === 403 || (thrown as Error).name === 'UnauthorizedError')
    return failure('unauthorized', `the MCP server "${name}" refuses us; set ${where}.headers`, { cause: thrown })
  const { url, command } = settings
  const host = url === undefined ? '' : new URL(url).host
  const what =
    url === undefined
      ? `could not be started (${command}); see the log, and check ${where}`
      : `does not answer at ${host}; check that it runs, and ${where}.url`
  // What stands in an address beside its host may be a key.
  const why = url === undefined ? message : message.replaceAll(url, host)
  return failure('unavailable', `the MCP server "${name}" ${what}: ${why}`, { cause: thrown })
}

/** Why a call has no result. */
export function unanswered(thrown: unknown, tool: string, about: About): Error {
  const maybe = 'it may have happened; check before repeating'
  const code = codeOf(thrown)
  if (code === connectionClosed)
    return failure('unavailable', `the MCP server "${about.name}" ended during ${tool}: ${maybe}`, { cause: thrown })
  if (isTimeout(thrown))
    return failure('unavailable', `the MCP server "${about.name}" took too long for ${tool}: ${maybe}`, {
      cause: thrown,
    })
  return unreachable(thrown, about)
}
