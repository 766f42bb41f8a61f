import type { Line } from '../line.ts'
import { logIn } from './registration.ts'
import {
  deliver,
  findNick,
  fold,
  host,
  maskOf,
  newMessageId,
  quit,
  reply,
  serverName,
  tagsOf,
  type Session,
  type State,
} from './state.ts'

type Command = (state: State, session: Session, line: Line) => void

/** PRIVMSG, NOTICE and TAGMSG; a NOTICE is never answered, not even with an error. */
const message: Command = (state, session, { tags, command, params: [target = '', text = ''] }) => {
  const refuse = (numeric: string, why: string) => {
    if (command !== 'NOTICE') reply(session, numeric, target, why)
  }
  if (command === 'PRIVMSG' && text === '') {
    reply(session, '412', 'No text to send')
    return
  }
  if (fold(target) === 'nickserv') {
    services(state, session, text)
    return
  }
  // `@#channel` is for its operators: https://modern.ircdocs.horse/#statusmsg-parameter
  const ops = target.startsWith('@#')
  const room = state.rooms.get(fold(ops ? target.slice(1) : target))
  const member = room?.members.get(session)
  const person = room ? undefined : findNick(state, target)
  if (!room && !person) return refuse(target.startsWith('#') ? '403' : '401', 'No such nick/channel')
  if (room && (!member || (room.modes.has('m') && !member.op && !member.voice)))
    return refuse('404', 'Cannot send to channel')
  const client = Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('+')))
  const line = {
    source: maskOf(session),
    command,
    params: command === 'TAGMSG' ? [target] : [target, text],
    tags: { ...tagsOf(session), ...client, msgid: newMessageId() },
  }
  const all = room ? [...room.members].filter(([, { op }]) => !ops || op).map(([one]) => one) : [person!]
  for (const one of all) {
    if (one === session && !session.capabilities.has('echo-message')) continue
    if (command !== 'TAGMSG' || one.capabilities.has('message-tags')) deliver(one, line)
  }
  if (!room && person !== session && session.capabilities.has('echo-message')) deliver(session, line)
}

/** NickServ, as far as IDENTIFY and LOGOUT. */
function services(state: State, session: Session, text: string) {
  const [what = '', account = '', password = ''] = text.split(' ')
  const say = (said: string) =>
    deliver(session, { source: 'NickServ!NickServ@services.', command: 'NOTICE', params: [session.nick, said] })
  if (what.toUpperCase() === 'LOGOUT') logIn(state, session, undefined)
  else if (what.toUpperCase() !== 'IDENTIFY') say('Try IDENTIFY or LOGOUT.')
  else if (password === '' || state.accounts.get(account)?.password !== password) say('Invalid password.')
  else logIn(state, session, account)
}

const whois: Command = (state, session, { params }) => {
  const nick = params.at(-1) ?? ''
  const found = findNick(state, nick)
  if (!found || found.split) reply(session, '401', nick, 'No such nick/channel')
  else {
    reply(session, '311', found.nick, found.user, host, '*', found.realname)
    reply(session, '312', found.nick, serverName, 'A test')
    if (found.account !== undefined) reply(session, '330', found.nick, found.account, 'is logged in as')
    if (found.bot) reply(session, '335', found.nick, 'is a bot')
  }
  reply(session, '318', nick, 'End of /WHOIS list.')
}

const ping: Command = (_state, session, { params }) =>
  deliver(session, { source: serverName, command: 'PONG', params: [serverName, params.at(-1) ?? ''] })

const leave: Command = (state, session, { params: [why = 'Client Quit'] }) => {
  quit(state, session, `Quit: ${why}`)
  deliver(session, { command: 'ERROR', params: [`Closing Link: ${host} (Quit: ${why})`] })
  session.socket.end()
}

/** What can be said once one is registered, besides what is done with channels. */
export const messageCommands: Readonly<Record<string, Command>> = {
  PRIVMSG: message,
  NOTICE: message,
  TAGMSG: message,
  WHOIS: whois,
  PING: ping,
  PONG: () => {},
  QUIT: leave,
}
