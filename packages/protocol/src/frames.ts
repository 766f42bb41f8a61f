import Type, { type Static } from 'typebox'
import { Failure, rpcNumber, toFailure } from './errors.ts'

/** Protocol generation; `connect` refuses another. */
export const protocolVersion = 1

/** What JSON-RPC 2.0 allows as an id, less null and fractions. */
export const FrameId = Type.Union([Type.String({ maxLength: 128 }), Type.Integer()])
export type FrameId = Static<typeof FrameId>

export const RequestFrame = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  id: FrameId,
  method: Type.String({ maxLength: 128 }),
  params: Type.Optional(Type.Unknown()),
})
export type RequestFrame = Static<typeof RequestFrame>

export const NotificationFrame = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  method: Type.String({ maxLength: 128 }),
  params: Type.Optional(Type.Unknown()),
})
export type NotificationFrame = Static<typeof NotificationFrame>

export const ResponseFrame = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  id: Type.Union([FrameId, Type.Null()]),
  result: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Object({ code: Type.Integer(), message: Type.String(), data: Type.Optional(Failure) })),
})
export type ResponseFrame = Static<typeof ResponseFrame>

export type Frame = RequestFrame | NotificationFrame | ResponseFrame

/** Tells the three kinds of frame apart; undefined for what is not a JSON-RPC 2.0 frame of ours. Batches are not frames. */
export function frameKind(value: unknown): 'request' | 'notification' | 'response' | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const frame = value as Record<string, unknown>
  if (frame['jsonrpc'] !== '2.0') return undefined
  const id = frame['id']
  const named = typeof frame['method'] === 'string' && frame['method'].length <= 128
  const identified = (typeof id === 'string' && id.length <= 128) || Number.isSafeInteger(id)
  if (named) return id === undefined ? 'notification' : identified ? 'request' : undefined
  return (identified || id === null) && ('result' in frame || 'error' in frame) ? 'response' : undefined
}

/** The error answer to a request; `id` is null where none could be read. */
export function errorFrame(id: FrameId | null, thrown: unknown, number?: number): ResponseFrame {
  const data = toFailure(thrown)
  return { jsonrpc: '2.0', id, error: { code: number ?? rpcNumber(data.code), message: data.message, data } }
}
