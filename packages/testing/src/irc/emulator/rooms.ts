import type { Line } from '../line.ts'
import {
  deliver,
  findNick,
  fold,
  leaveRoom,
  maskOf,
  reply,
  tagsOf,
  type Room,
  type Session,
  type State,
} from './state.ts'

type Command = (state: State, session: Session, line: Line) => void

const join: Command = (state, session, { params: [names = '', keys = ''] }) => {
  const given = keys.split(',')
  for (const [index, name] of names.split(',').entries()) enter(state, session, name, given[index])
}

function enter(state: State, session: Session, name: string, key: string | undefined) {
  if (!/^#[^\s,]{1,49}$/.test(name)) {
    reply(session, '403', name, 'No such channel')
    return
  }
  const room: Room = state.rooms.get(fold(name)) ?? {
    name,
    members: new Map(),
    invited: new Set(),
    bans: new Set(),
    modes: new Set(),
    key: undefined,
  }
  if (room.members.has(session)) return
  const invited = room.invited.has(session)
  if (!invited && room.bans.has(fold(session.nick))) reply(session, '474', name, 'Cannot join channel (+b)')
  else if (!invited && room.modes.has('i')) reply(session, '473', name, 'Cannot join channel (+i)')
  else if (room.key !== undefined && room.key !== key) reply(session, '475', name, 'Cannot join channel (+k)')
  else {
    room.members.set(session, { op: room.members.size === 0, voice: false })
    room.invited.delete(session)
    state.rooms.set(fold(name), room)
    announce(room, session)
    names(state, session, { tags: {}, source: '', command: 'NAMES', params: [name] })
  }
}

/** Shows that somebody is there now, with the account to those who asked for it (extended-join). */
export function announce({ name, members }: Room, session: Session): void {
  for (const member of members.keys()) {
    const extended = member.capabilities.has('extended-join')
    const params = extended ? [name, session.account ?? '*', session.realname] : [name]
    deliver(member, { source: maskOf(session), command: 'JOIN', params, tags: tagsOf(session) })
  }
}

const names: Command = ({ rooms }, session, { params: [name = ''] }) => {
  const room = rooms.get(fold(name))
  const list = [...(room?.members ?? [])].map(([member, { op, voice }]) => {
    const signs = `${op ? '@' : ''}${voice ? '+' : ''}`
    const shown = session.capabilities.has('multi-prefix') ? signs : signs.slice(0, 1)
    return shown + (session.capabilities.has('userhost-in-names') ? maskOf(member) : member.nick)
  })
  if (room) reply(session, '353', '=', room.name, list.join(' '))
  reply(session, '366', name, 'End of /NAMES list.')
}

/** A command about a channel by somebody in it; with `op`, by one of its operators. */
function inside(op: boolean, act: (state: State, session: Session, room: Room, line: Line) => void): Command {
  return (state, session, line) => {
    const name = (line.command === 'INVITE' ? line.params[1] : line.params[0]) ?? ''
    const room = state.rooms.get(fold(name))
    const member = room?.members.get(session)
    if (!room) reply(session, '403', name, 'No such channel')
    else if (!member) reply(session, '442', name, "You're not on that channel")
    else if (op && !member.op) reply(session, '482', name, "You're not channel operator")
    else act(state, session, room, line)
  }
}

const part = inside(false, (state, session, room, { params }) => {
  const line = { source: maskOf(session), command: 'PART', params: [room.name, params[1] ?? ''], tags: tagsOf(session) }
  for (const member of room.members.keys()) deliver(member, line)
  leaveRoom(state, session, room)
})

const kick = inside(true, (state, session, room, { params: [, nick = '', why = session.nick] }) => {
  const victim = findNick(state, nick)
  if (!victim || !room.members.has(victim)) {
    reply(session, '441', nick, room.name, "They aren't on that channel")
    return
  }
  const line = { source: maskOf(session), command: 'KICK', params: [room.name, nick, why], tags: tagsOf(session) }
  for (const member of room.members.keys()) deliver(member, line)
  leaveRoom(state, victim, room)
})

const invite = inside(true, (state, session, room, { params: [nick = ''] }) => {
  const guest = findNick(state, nick)
  if (!guest) {
    reply(session, '401', nick, 'No such nick/channel')
    return
  }
  room.invited.add(guest)
  reply(session, '341', nick, room.name)
  deliver(guest, { source: maskOf(session), command: 'INVITE', params: [nick, room.name], tags: tagsOf(session) })
})

/** `+i +m +k key +b nick +o nick +v nick`, and without the plus. A ban names a nick, where real ones have masks. */
const roomMode = inside(true, (state, session, room, { params }) => {
  const [, change = '', argument = ''] = params
  const [sign, mode] = [change[0], change[1] ?? '']
  const on = sign === '+'
  const target = findNick(state, argument)
  const member = target && room.members.get(target)
  const put = (set: Set<string>, value: string) => (on ? set.add(value) : set.delete(value))
  if (mode === 'k') room.key = on ? argument : undefined
  else if (mode === 'b') put(room.bans, fold(argument))
  else if (mode === 'o' && member) member.op = on
  else if (mode === 'v' && member) member.voice = on
  else put(room.modes, mode)
  const line = { source: maskOf(session), command: 'MODE', params, tags: tagsOf(session) }
  for (const one of room.members.keys()) deliver(one, line)
})

/** `+B` of oneself says that one is a program (https://ircv3.net/specs/extensions/bot-mode). */
const mode: Command = (state, session, line) => {
  if (line.params[0]?.startsWith('#')) roomMode(state, session, line)
  else if (line.params[1] === '+B') session.bot = true
}

/** What can be done with channels. */
export const roomCommands: Readonly<Record<string, Command>> = {
  JOIN: join,
  NAMES: names,
  PART: part,
  KICK: kick,
  INVITE: invite,
  MODE: mode,
}
