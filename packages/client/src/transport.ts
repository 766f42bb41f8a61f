import type { Failure } from '@openclaw/protocol'

/** Carries the text of frames, whole and in order, to one other side: a socket, a pipe, or the other half of a pair. */
export interface Transport {
  /**
   * Hands over the text of one frame. Answers with a promise when the other side reads slower than we write: a sender
   * of many frames waits for it. Does nothing once closed.
   */
  send(text: string): void | Promise<void>
  /** Called for each frame that arrives. There is one listener: a later call replaces it. Frames wait for the first. */
  onMessage(listen: (text: string) => void): void
  /** Called once, also when it is closed already. `reason` is absent after an orderly end. */
  onClose(listen: (reason?: Failure) => void): void
  /** Ends both directions; what was sent before still goes out. */
  close(): void
}

/**
 * The listening half that transports share: keeps what arrives until somebody listens, and tells the close once, after
 * everything that arrived before it.
 */
export function inbox(): {
  readonly onMessage: Transport['onMessage']
  readonly onClose: Transport['onClose']
  arrive(text: string): void
  end(reason?: Failure): void
} {
  let waiting: string[] | undefined = []
  let message: ((text: string) => void) | undefined
  let ended: { reason: Failure | undefined } | undefined
  let told = false
  let close: ((reason?: Failure) => void) | undefined
  const tell = () => {
    if (!ended || !close || told || waiting) return
    told = true
    close(ended.reason)
  }
  return {
    onMessage(listen) {
      message = listen
      const early = waiting
      waiting = undefined
      for (const text of early ?? []) listen(text)
      tell()
    },
    onClose(listen) {
      close = listen
      // Whoever only waits for the end has no use for frames.
      if (ended && waiting?.length === 0) waiting = undefined
      tell()
    },
    arrive(text) {
      if (ended) return
      if (waiting) waiting.push(text)
      else message?.(text)
    },
    end(reason) {
      if (ended) return
      ended = { reason }
      if (waiting?.length === 0) waiting = undefined
      tell()
    },
  }
}

/** Two transports, each the other's far side, in one process. Frames arrive in a later microtask, as on a real wire. */
export function linkedPair(): [Transport, Transport] {
  const left = inbox()
  const right = inbox()
  let open = true
  const close = () => {
    if (!open) return
    open = false
    queueMicrotask(() => {
      left.end()
      right.end()
    })
  }
  const half = (own: typeof left, far: typeof left): Transport => ({
    send(text) {
      if (open) queueMicrotask(() => far.arrive(text))
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close,
  })
  return [half(left, right), half(right, left)]
}
