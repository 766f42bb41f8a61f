/** How long is waited for Slack, in milliseconds. */
export interface Patience {
  /** For the answer to one request, and for a socket to be welcomed. */
  readonly answerMs: number
  /** For the answer to a ping of ours. A dead link is noticed after this and a third of it twice. */
  readonly pongMs: number
  /** For the next ping of Slack's. */
  readonly pingMs: number
}

/** Dead links show within 40 s, whichever side notices. */
export const patience: Patience = { answerMs: 20_000, pongMs: 10_000, pingMs: 30_000 }
