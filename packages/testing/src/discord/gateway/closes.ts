/** What a close code means to the client: https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
export interface Close {
  readonly reason: string
  /** The session can be resumed after it. */
  readonly resumable: boolean
  /** The client may connect again at all. */
  readonly reconnect: boolean
}

const resume = (reason: string): Close => ({ reason, resumable: true, reconnect: true })
const begin = (reason: string): Close => ({ reason, resumable: false, reconnect: true })
const never = (reason: string): Close => ({ reason, resumable: false, reconnect: false })

/** Every code that Discord's gateway closes with. */
export const closes: Readonly<Record<number, Close>> = {
  1000: begin('Normal closure.'),
  1001: resume('CloudFlare WebSocket proxy restarting'),
  4000: resume('Unknown error.'),
  4001: resume('Unknown opcode.'),
  4002: resume('Error while decoding payload.'),
  4003: begin('Not authenticated.'),
  4004: never('Authentication failed.'),
  4005: resume('Already authenticated.'),
  4007: begin('Invalid seq.'),
  4008: resume('Rate limited.'),
  4009: begin('Session timed out.'),
  4010: never('Invalid shard.'),
  4011: never('Sharding required.'),
  4012: never('Invalid API version.'),
  4013: never('Invalid intent(s).'),
  4014: never('Disallowed intent(s).'),
}
