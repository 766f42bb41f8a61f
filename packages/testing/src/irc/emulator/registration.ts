import { TLSSocket } from 'node:tls'
import type { Line } from '../line.ts'
import {
  deliver,
  expel,
  findNick,
  maskOf,
  reply,
  serverName,
  tagsOf,
  witnesses,
  type Session,
  type State,
} from './state.ts'

type Command = (state: State, session: Session, line: Line) => void

/** CAP LS 302, REQ, LIST and END (https://ircv3.net/specs/extensions/capability-negotiation). */
const cap: Command = (state, session, { params }) => {
  const [what = '', list = ''] = params
  const answer = (kind: string, text: string) =>
    deliver(session, { source: serverName, command: 'CAP', params: [session.nick || '*', kind, text] })
  if (what.toUpperCase() === 'LS') {
    session.negotiating = !session.registered
    answer('LS', [...state.capabilities].map(([name, value]) => (value ? `${name}=${value}` : name)).join(' '))
  } else if (what.toUpperCase() === 'REQ') {
    session.negotiating = !session.registered
    const wanted = list.split(' ').filter(Boolean)
    const known = wanted.every((name) => state.capabilities.has(name))
    if (known) for (const name of wanted) session.capabilities.add(name)
    answer(known ? 'ACK' : 'NAK', list)
  } else if (what.toUpperCase() === 'LIST') answer('LIST', [...session.capabilities].join(' '))
  else if (what.toUpperCase() === 'END') {
    session.negotiating = false
    register(state, session)
  }
}

/** SASL 3.1 with PLAIN and EXTERNAL (https://ircv3.net/specs/extensions/sasl-3.1). */
const authenticate: Command = (state, session, { params: [said = ''] }) => {
  if (!session.capabilities.has('sasl')) return
  if (session.mechanism === undefined) {
    session.mechanism = said.toUpperCase()
    if (['PLAIN', 'EXTERNAL'].includes(session.mechanism)) deliver(session, { command: 'AUTHENTICATE', params: ['+'] })
    else {
      session.mechanism = undefined
      reply(session, '908', 'PLAIN,EXTERNAL', 'are available SASL mechanisms')
      reply(session, '904', 'SASL authentication failed')
    }
    return
  }
  const account = session.mechanism === 'PLAIN' ? byPassword(state, said) : byCertificate(state, session)
  session.mechanism = undefined
  if (account === undefined) {
    reply(session, '904', 'SASL authentication failed')
    return
  }
  logIn(state, session, account)
  reply(session, '903', 'SASL authentication successful')
}

function byPassword({ accounts }: State, said: string): string | undefined {
  const [, account = '', password = ''] = Buffer.from(said, 'base64').toString('utf8').split('\0')
  return password !== '' && accounts.get(account)?.password === password ? account : undefined
}

function byCertificate({ accounts }: State, { socket }: Session): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const { fingerprint256 } = socket.getPeerCertificate()
  return [...accounts].find(([, { fingerprint }]) => fingerprint !== undefined && fingerprint === fingerprint256)?.[0]
}

/** Logs somebody in, or out without an account, and tells who asked to be told (account-notify). */
export function logIn(state: State, session: Session, account: string | undefined): void {
  session.account = account
  if (account === undefined) reply(session, '901', maskOf(session), 'You are now logged out')
  else reply(session, '900', maskOf(session), account, `You are now logged in as ${account}`)
  if (!session.registered) return
  const line = { source: maskOf(session), command: 'ACCOUNT', params: [account ?? '*'], tags: tagsOf(session) }
  for (const witness of witnesses(state, session))
    if (witness !== session && witness.capabilities.has('account-notify')) deliver(witness, line)
}

const nick: Command = (state, session, { params: [wanted = ''] }) => {
  if (!/^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/.test(wanted)) {
    reply(session, '432', wanted, 'Erroneous nickname')
    return
  }
  const holder = findNick(state, wanted)
  if (holder && holder !== session) {
    reply(session, '433', wanted, 'Nickname is already in use')
    return
  }
  const line = { source: maskOf(session), command: 'NICK', params: [wanted], tags: tagsOf(session) }
  session.nick = wanted
  if (session.registered) for (const one of new Set([session, ...witnesses(state, session)])) deliver(one, line)
  else register(state, session)
}

const user: Command = (state, session, { params: [name = '', , , realname = ''] }) => {
  session.user = `~${name.slice(0, 9)}`
  session.realname = realname
  register(state, session)
}

const pass: Command = (_state, session, { params: [password = ''] }) => {
  session.password = password
}

function register(state: State, session: Session): void {
  if (session.registered || session.negotiating || session.nick === '' || session.user === '') return
  if (state.serverPassword !== undefined && session.password !== state.serverPassword) {
    reply(session, '464', 'Password incorrect')
    expel(state, session, 'Access denied: Bad password')
    return
  }
  session.registered = true
  reply(session, '001', `Welcome to the Example network ${maskOf(session)}`)
  reply(session, '002', `Your host is ${serverName}, running version emulator-1`)
  reply(session, '003', 'This server was made for tests')
  reply(session, '004', serverName, 'emulator-1', 'Bi', 'biklmov')
  reply(
    session,
    '005',
    'CASEMAPPING=rfc1459',
    'CHANTYPES=#',
    'PREFIX=(ov)@+',
    'CHANMODES=b,k,l,im',
    'NICKLEN=30',
    'STATUSMSG=@+',
    'BOT=B',
    'NETWORK=Example',
    'are supported by this server',
  )
  reply(session, '422', 'MOTD File is missing')
}

/** What can be said before and around the welcome. */
export const registrationCommands: Readonly<Record<string, Command>> = {
  CAP: cap,
  AUTHENTICATE: authenticate,
  NICK: nick,
  USER: user,
  PASS: pass,
}
