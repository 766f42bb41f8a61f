import { connect } from 'node:net'
import { nickOf, parseLine } from './line.ts'
import { closed, readLines } from './socket.ts'

/**
 * A network's services, linked to an ngircd as a server of their own, as Anope and Atheme are
 * (https://github.com/ngircd/ngircd/blob/master/doc/Protocol.txt): they say who is logged in to which account. What is
 * behind them is far away, and is lost in a netsplit.
 */
export interface Services extends AsyncDisposable {
  /** Logs somebody in. */
  logIn(nick: string, account: string): void
  /** Somebody far away enters a channel. */
  introduce(nick: string, channel: string): void
  says(nick: string, target: string, text: string): void
  /** The link breaks: everybody behind it is gone. */
  split(): Promise<void>
}

export const servicesName = 'services.example.net'

/** Links to the server; resolves when both know each other. */
export async function linkServices(port: number, password: string): Promise<Services> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const send = (line: string) => void socket.write(`${line}\r\n`)
  const { promise: linked, resolve, reject } = Promise.withResolvers<void>()
  readLines(socket, (text) => {
    const { command, source, params } = parseLine(text)
    if (command === 'PING') {
      send(`:${servicesName} PONG ${servicesName} :${params.at(-1) ?? nickOf(source)}`)
      resolve()
    }
    if (command === 'ERROR') reject(new Error(`ngircd takes no services: ${params.at(-1)}`))
  })
  send(`PASS ${password} 0210-IRC+ services|1.0:CLMoSX`)
  send(`SERVER ${servicesName} 1 :Services`)
  await linked
  const split = async () => {
    socket.destroy()
    await closed(socket)
  }
  return {
    logIn: (nick, account) => send(`:${servicesName} METADATA ${nick} accountname :${account}`),
    introduce(nick, channel) {
      send(`:${servicesName} NICK ${nick} 1 ${nick} far.example.net 1 + :${nick}`)
      send(`:${nick} JOIN ${channel}`)
    },
    says: (nick, target, text) => send(`:${nick} PRIVMSG ${target} :${text}`),
    split,
    [Symbol.asyncDispose]: split,
  }
}
