import Type, { type Static } from 'typebox'

/** Plain, beside the schema, so that a browser's bundle can read failures without bringing the schemas along. */
const errorCodes = [
  'invalid_config',
  'invalid_params',
  'not_found',
  'unauthorized',
  'forbidden',
  'conflict',
  'rate_limited',
  'unavailable',
  'aborted',
  'unsupported',
  'internal',
] as const

/** Every way in which a request, a plugin or a run can fail. Closed: a new code is a new protocol version. */
export const ErrorCode = Type.Enum(errorCodes)
export type ErrorCode = Static<typeof ErrorCode>

/** One thing that is wrong in a document: where, what, and what to write instead. */
export const Problem = Type.Object({
  path: Type.String({ description: 'Dotted path, e.g. `gateway.port`; empty for the whole document.' }),
  message: Type.String(),
  suggestion: Type.Optional(Type.String()),
})
export type Problem = Static<typeof Problem>

/** The one error shape. Recognised by `code`, never by class, so that two copies of a package are harmless. */
export const Failure = Type.Object({
  code: ErrorCode,
  message: Type.String({ description: 'What was being done to what, and what to do next.' }),
  retryAfterMs: Type.Optional(Type.Number()),
  problems: Type.Optional(Type.Array(Problem)),
})
export type Failure = Static<typeof Failure>

/**
 * An `Error` that carries a {@link Failure}: throw it wherever a caller should learn what to do next.
 * `code` decides what a caller does; the message is for a person.
 */
export function failure(
  code: ErrorCode,
  message: string,
  more: { retryAfterMs?: number; problems?: Problem[]; cause?: unknown } = {},
): Error & Failure {
  const { cause, ...fields } = more
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code, ...fields })
}

const codes: ReadonlySet<unknown> = new Set(errorCodes)

/** Reads the failure out of anything that was thrown; what has no known code is `internal`. */
export function toFailure(thrown: unknown): Failure {
  if (typeof thrown !== 'object' || thrown === null) return { code: 'internal', message: String(thrown) }
  const { code, message, retryAfterMs, problems, name } = thrown as Partial<Failure> & { name?: string }
  const known = codes.has(code) ? (code as ErrorCode) : name === 'AbortError' ? 'aborted' : 'internal'
  return {
    code: known,
    message: typeof message === 'string' && message ? message : 'unknown error',
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
    ...(problems ? { problems } : {}),
  }
}

/** JSON-RPC error numbers (https://www.jsonrpc.org/specification#error_object) and ours in the server range. */
export const rpcNumbers = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  unauthorized: -32001,
  forbidden: -32003,
  notFound: -32004,
  timeout: -32008,
  conflict: -32009,
  rateLimited: -32029,
} as const

const numbers: Partial<Record<ErrorCode, number>> = {
  invalid_params: rpcNumbers.params,
  invalid_config: rpcNumbers.params,
  unauthorized: rpcNumbers.unauthorized,
  forbidden: rpcNumbers.forbidden,
  not_found: rpcNumbers.notFound,
  conflict: rpcNumbers.conflict,
  rate_limited: rpcNumbers.rateLimited,
  aborted: rpcNumbers.timeout,
}

/** The JSON-RPC number that travels beside a string code. */
export function rpcNumber(code: ErrorCode): number {
  return numbers[code] ?? rpcNumbers.internal
}
