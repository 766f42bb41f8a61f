import type { Counterpart } from '../channel/counterpart.ts'

/** Why Slack ends a socket (https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect). */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled'

/** What the emulated workspace and app are like. */
export interface SlackOptions {
  /** How events come: over sockets that the app opens, or as signed requests to `deliver`. */
  readonly mode?: 'socket' | 'http'
  /** Takes the requests of HTTP mode. */
  deliver?(request: Request): Promise<Response>
  /** How many people there are; three when absent, and never fewer. */
  readonly people?: number
  /** Sockets that may be open at once; 1 when absent. A further one is refused, and counted. */
  readonly sockets?: number
  /** Scopes of the bot token; all that any method here needs when absent. */
  readonly scopes?: readonly string[]
  /** Bot events that the app subscribed to; all that are known here when absent. */
  readonly subscriptions?: readonly string[]
  /** Direct conversations are threads of the assistant's pane, as Slack has them for apps with `assistant_view`. */
  readonly assistant?: boolean
  /** How long it waits for an acknowledgement before each further delivery. After the last it gives up, as Slack does. */
  readonly retryMs?: readonly number[]
  /** Milliseconds between its own pings; 10,000 when absent. */
  readonly pingMs?: number
  /** Where downloads are redirected to, e.g. `http://127.0.0.1:9999`: another host, which must not see the token. */
  readonly redirectFiles?: string
  /** Its clock, for timestamps and signatures; this machine's when absent. */
  now?(): number
}

/** An emulated Slack workspace with one app in it. Faithful to the wire as far as an app can see it. */
export interface SlackEmulator extends Counterpart {
  /** Root of the Web API, for `slackApiUrl`. */
  readonly api: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  /** Ids of what exists from the start. */
  readonly ids: {
    readonly team: string
    readonly bot: string
    readonly botId: string
    readonly channel: string
    readonly private: string
    readonly mpim: string
    /** A public channel without us in it. */
    readonly elsewhere: string
  }
  /** Somebody types the app's slash command. Resolves with what the app acknowledged it with. */
  command(text: string, how?: { from?: string; in?: string }): Promise<unknown>
  /** Somebody opens the app's assistant pane. Resolves with the thread. */
  opensAssistant(person: string): Promise<string>
  /** Gives an event as it is, e.g. one of a kind that nobody knows. */
  pushes(event: unknown): void
  /** Ends all sockets with this reason. */
  disconnect(reason: DisconnectReason): void
  /** The bot token is refused from now on, with this error. */
  revoke(error: 'token_revoked' | 'account_inactive' | 'invalid_auth'): void
  /** Asks the webhook's address whether it is there (`url_verification`). Resolves with its answer. */
  verifies(): Promise<Response>
  /** A request as Slack signs it, for tests of what must be refused. */
  signed(body: string, how?: { atMs?: number; secret?: string; type?: string }): Request
  /** Messages that only one person sees, in order. */
  readonly ephemeral: readonly { readonly channel: string; readonly user: string; readonly text: string }[]
  /** Web API calls so far, in order. */
  readonly calls: readonly { readonly method: string; readonly args: Record<string, unknown> }[]
  /** Sockets that were refused because there were as many as may be. */
  readonly refusedSockets: number
  /** Resolves after so many more pings of our sockets. */
  pinged(count: number): Promise<void>
  /** Events that were never acknowledged, however often they were delivered. */
  readonly givenUp: number
}
