import { fromBase64, toBase64 } from '../host/streams.ts'
import type { ModelContent, ModelRequest, ModelTurn } from '../provider.ts'

/** A request as it travels: the bytes of its files as text. */
export function packRequest(request: ModelRequest): unknown {
  return { ...request, turns: eachFile(request.turns, (bytes) => toBase64(bytes as Uint8Array)) }
}

/** The request of {@link packRequest}. */
export function unpackRequest(packed: unknown): ModelRequest {
  const request = packed as ModelRequest
  return { ...request, turns: eachFile(request.turns, (bytes) => fromBase64(bytes as string)) }
}

function eachFile(turns: readonly ModelTurn[], change: (bytes: unknown) => unknown): readonly ModelTurn[] {
  return turns.map((turn) => {
    if (turn.role === 'assistant') return turn
    const content = turn.content.map((part) =>
      part.type === 'file' ? ({ ...part, bytes: change(part.bytes) } as ModelContent) : part,
    )
    return { ...turn, content }
  })
}
