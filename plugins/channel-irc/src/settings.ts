import { readFile } from 'node:fs/promises'
import { failure, type Account } from '@openclaw/sdk'
import type { Static } from 'typebox'
import type { account } from './config.ts'

/** The account that the kernel hands over. */
export type IrcAccount = Account<Static<typeof account>>

/** One account's configuration, with every default filled in and its files read. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly nick: string
  readonly username: string
  readonly realname: string
  readonly sasl?: { readonly account: string; readonly password: string }
  readonly certificate?: { readonly private_key: string; readonly certificate: string }
  readonly serverPassword?: string
  /** Names and keys of the channels to join, as they were written. */
  readonly channels: readonly { readonly name: string; readonly key?: string }[]
  readonly flood: { readonly burst: number; readonly everyMs: number }
}

/** Reads the configuration of `irc/<id>`. Throws `invalid_config` for what would give a password away or cannot work. */
export async function settingsOf(id: string, config: IrcAccount['config']): Promise<Settings> {
  const { host, port = 6697, tls = true, nick, username = nick, realname = nick, sasl, certificate } = config
  const { serverPassword, channels = [], flood = {} } = config
  if (sasl && certificate) throw refuse(id, 'log in with `sasl` or with `certificate`, not with both')
  if (certificate && !tls) throw refuse(id, 'a client certificate needs TLS; remove `tls: false`')
  if (!tls && !isLoopback(host) && (sasl || serverPassword !== undefined))
    throw refuse(id, `the password would go to ${host} unencrypted; remove \`tls: false\``)
  return {
    host,
    port,
    tls,
    nick,
    // RFC 2812 §2.3.1: a user name has no more signs than these; servers cut it at ten.
    username: username.replaceAll(/[^A-Za-z0-9._-]/g, '').slice(0, 10) || 'openclaw',
    realname,
    ...(sasl ? { sasl } : {}),
    ...(certificate
      ? {
          certificate: {
            certificate: await read(id, 'certificate.cert', certificate.cert),
            private_key: await read(id, 'certificate.key', certificate.key),
          },
        }
      : {}),
    ...(serverPassword === undefined ? {} : { serverPassword }),
    channels: channels.map((channel) => {
      const [name = '', key] = channel.split(' ')
      return key === undefined ? { name } : { name, key }
    }),
    flood: { burst: flood.burst ?? 4, everyMs: flood.everyMs ?? 2000 },
  }
}

async function read(id: string, key: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw failure('invalid_config', `irc/${id}: ${key} cannot be read from ${path}; does the file exist?`, { cause })
  }
}

const refuse = (id: string, why: string) => failure('invalid_config', `irc/${id}: ${why}`)

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
}
