/** How long is waited for what, in milliseconds. */
export interface Timing {
  /** From opening the socket to being registered and logged in. */
  readonly registerMs: number
  /** After so much silence the server is asked whether it is still there. */
  readonly silentMs: number
  /** After so much silence the link counts as dead. */
  readonly deadMs: number
  readonly whoisMs: number
  /** Before the first attempt to enter a channel again. It doubles up to 16 times as much. */
  readonly rejoinMs: number
  /** Between two attempts to get the wanted nick back. */
  readonly regainMs: number
  /** For the server to close the connection after a QUIT. */
  readonly quitMs: number
}

/** A dead link shows within `deadMs` and a quarter of `silentMs`: less than 120 seconds. */
export const usualTiming: Timing = {
  registerMs: 25_000,
  silentMs: 30_000,
  deadMs: 90_000,
  whoisMs: 10_000,
  rejoinMs: 15_000,
  regainMs: 60_000,
  quitMs: 1000,
}
