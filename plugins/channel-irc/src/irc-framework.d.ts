/** What we use of irc-framework 4.14, which ships no types (https://github.com/kiwiirc/irc-framework/tree/master/docs). */
declare module 'irc-framework' {
  /** A line, parsed. `tags` has no prototype. */
  export interface Message {
    command: string
    params: string[]
    tags: Record<string, string>
    prefix: string
    nick: string
    ident: string
    hostname: string
  }

  export interface Batch {
    id: string
    type: string
    params: string[]
  }

  interface Sent {
    nick: string
    ident: string
    hostname: string
    tags: Record<string, string>
    /** Milliseconds since 1970, as the server says. */
    time?: number
    batch?: Batch
  }

  /** A PRIVMSG, a TAGMSG or an ACTION. */
  export interface Said extends Sent {
    from_server: boolean
    target: string
    /** The sign before a channel's name when only its operators are addressed. */
    group?: string
    /** Absent of a TAGMSG. */
    message?: string
    account?: string
  }

  export interface Whois {
    nick: string
    ident?: string
    hostname?: string
    account?: string
    error?: string
  }

  export interface Events {
    'raw socket connected': [import('node:net').Socket]
    registered: [{ nick: string }]
    loggedin: [{ account: string }]
    'sasl failed': [{ reason: string; message?: string }]
    'socket close': [Error | false | undefined]
    privmsg: [Said]
    action: [Said]
    tagmsg: [Said]
    whois: [Whois]
    /** `account` is false without one, and absent when the server does not tell. */
    join: [Sent & { channel: string; account?: string | false }]
    part: [Sent & { channel: string }]
    quit: [Sent & { message: string }]
    kick: [Sent & { channel: string; kicked: string; message: string }]
    nick: [Sent & { new_nick: string }]
    account: [Sent & { account: string | false }]
    'user updated': [Sent & { new_ident?: string; new_hostname?: string }]
    userlist: [{ channel: string; users: { nick: string; ident: string; hostname: string }[] }]
    invite: [Sent & { channel: string; invited: string }]
  }

  export interface Options {
    host: string
    port: number
    tls: boolean
    rejectUnauthorized: boolean
    nick: string
    username: string
    gecos: string
    version: string
    password?: string
    account: { account?: string; password?: string }
    sasl_mechanism: string
    client_certificate?: { private_key: string; certificate: string }
    auto_reconnect: boolean
    ping_interval: number
    ping_timeout: number
    enable_chghost: boolean
  }

  type Next = () => void

  export class Client {
    constructor(options: Options)
    user: { nick: string; username: string; host: string }
    network: {
      options: { CASEMAPPING?: string; NICKLEN?: string }
      cap: { isEnabled(name: string): boolean }
      isChannelName(name: string): boolean
      supportsTag(name: string): boolean
    }
    connection: {
      connected: boolean
      write(line: string, written?: () => void): void
      end(line?: string, broken?: boolean): void
    }
    raw_middleware: {
      use(pass: (command: string, message: Message, line: string, client: Client, next: Next) => void): void
    }
    connect(): void
    changeNick(nick: string): void
    on<E extends keyof Events>(event: E, listen: (...args: Events[E]) => void): this
    off<E extends keyof Events>(event: E, listen: (...args: Events[E]) => void): this
  }
}
