import { openCounterpart, type IrcServer } from './counterpart.ts'
import { startEmulator, type Emulator, type EmulatorOptions } from './emulator/emulator.ts'
import { startNgircd, type Ngircd, type NgircdOptions } from './ngircd.ts'

/** What an account's configuration has besides how to reach and enter the network. */
interface Config {
  readonly config?: Readonly<Record<string, unknown>>
}

/**
 * The real ngircd with three people, who are logged in to services, in the channel `#openclaw`. It knows none of IRCv3's
 * accounts, so that a client must ask with WHOIS who somebody is. Needs the program: `apt-get install ngircd`.
 */
export async function ircServer(options: NgircdOptions & Config = {}): Promise<IrcServer & { network: Ngircd }> {
  const network = await startNgircd(options)
  return Object.assign(await openCounterpart(network, options.config ?? {}), { network })
}

/** The same people on an emulated network with SASL, account-tag, account-notify, message ids and the bot tag. */
export async function ircEmulator(options: EmulatorOptions & Config = {}): Promise<IrcServer & { network: Emulator }> {
  const network = await startEmulator(options)
  return Object.assign(await openCounterpart(network, options.config ?? {}), { network })
}
