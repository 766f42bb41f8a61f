import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { formatLine, type Line } from '../line.ts'

/** Somebody's connection to the emulator. */
export interface Session {
  readonly socket: Socket
  readonly capabilities: Set<string>
  nick: string
  user: string
  realname: string
  /** Undefined while not logged in. */
  account: string | undefined
  password: string
  /** CAP negotiation holds the registration up. */
  negotiating: boolean
  registered: boolean
  mechanism: string | undefined
  bot: boolean
  /** Gone in a netsplit, and to come back. */
  split: boolean
  /** What is left of the lines that may come at once, and when that was counted. */
  flood: { lines: number; atMs: number }
}

export interface Room {
  readonly name: string
  readonly members: Map<Session, { op: boolean; voice: boolean }>
  readonly invited: Set<Session>
  readonly bans: Set<string>
  readonly modes: Set<string>
  key: string | undefined
}

/** Everything that the emulated network knows. */
export interface State {
  readonly sessions: Set<Session>
  readonly rooms: Map<string, Room>
  /** Passwords of the services accounts, and fingerprints of client certificates. */
  readonly accounts: ReadonlyMap<string, { readonly password?: string; readonly fingerprint?: string }>
  readonly serverPassword: string | undefined
  readonly capabilities: ReadonlyMap<string, string>
  readonly flood: { readonly burst: number; readonly everyMs: number } | undefined
}

export const serverName = 'irc.example.net'
export const host = 'user.example.net'

/** CASEMAPPING=rfc1459: `{|}~` are the small letters of `[\]^`. */
export function fold(name: string): string {
  const small = name.toLowerCase()
  // Few names have one of these, and every line is compared with all of them.
  if (!/[[\]\\^]/.test(small)) return small
  return small.replaceAll(/[[\]\\^]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 32))
}

export const maskOf = ({ nick, user }: Session): string => `${nick}!${user}@${host}`

export function findNick({ sessions }: State, nick: string): Session | undefined {
  const wanted = fold(nick)
  for (const session of sessions) if (session.nick !== '' && fold(session.nick) === wanted) return session
  return undefined
}

export function roomsOf({ rooms }: State, session: Session): Room[] {
  return [...rooms.values()].filter(({ members }) => members.has(session))
}

/** Everybody who shares a channel with somebody. */
export function witnesses(state: State, session: Session): Set<Session> {
  return new Set(roomsOf(state, session).flatMap(({ members }) => [...members.keys()]))
}

/** Sends a line with those of its tags that the other side negotiated (https://ircv3.net/specs/extensions/message-tags). */
export function deliver(to: Session, line: Partial<Line> & Pick<Line, 'command'>): void {
  const tags = Object.entries(line.tags ?? {}).filter(([key]) => {
    if (key === 'time') return to.capabilities.has('server-time')
    if (key === 'account') return to.capabilities.has('account-tag')
    return to.capabilities.has('message-tags')
  })
  if (to.socket.writable) to.socket.write(`${cut(formatLine({ ...line, tags: Object.fromEntries(tags) }))}\r\n`)
}

/** A server passes on no more than 512 bytes besides the tags. */
function cut(line: string): string {
  const start = line.startsWith('@') ? line.indexOf(' ') + 1 : 0
  const body = Buffer.from(line.slice(start))
  return line.slice(0, start) + (body.length > 510 ? body.subarray(0, 510).toString('utf8') : body.toString('utf8'))
}

/** A numeric of the server. */
export function reply(to: Session, numeric: string, ...params: string[]): void {
  deliver(to, { source: serverName, command: numeric, params: [to.nick || '*', ...params] })
}

/** The tags of something that somebody does now. */
export function tagsOf(session: Session): Record<string, string> {
  return {
    time: new Date().toISOString(),
    ...(session.account === undefined ? {} : { account: session.account }),
    ...(session.bot ? { bot: '' } : {}),
  }
}

export const newMessageId = (): string => randomBytes(12).toString('base64url')

/** Tells everybody who sees somebody, and forgets them. */
export function quit(state: State, session: Session, reason: string): void {
  const line = { source: maskOf(session), command: 'QUIT', params: [reason], tags: tagsOf(session) }
  for (const witness of witnesses(state, session)) if (witness !== session) deliver(witness, line)
  for (const room of roomsOf(state, session)) leaveRoom(state, session, room)
  state.sessions.delete(session)
}

export function leaveRoom({ rooms }: State, session: Session, room: Room): void {
  room.members.delete(session)
  if (room.members.size === 0) rooms.delete(fold(room.name))
}

/** Ends a connection as a server does: with ERROR, and a reason that people see. */
export function expel(state: State, session: Session, reason: string): void {
  deliver(session, { command: 'ERROR', params: [`Closing Link: ${session.nick}[${host}] (${reason})`] })
  if (session.registered) quit(state, session, reason)
  session.socket.end()
}
