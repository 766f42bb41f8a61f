import type { Fault } from '../channel/counterpart.ts'
import type { Person } from './person.ts'

/** A running IRC network, real or emulated, before anything stands between it and the channel. */
export interface Network extends AsyncDisposable {
  readonly port: number
  /** What of an account's configuration logs us in there. */
  readonly login: Record<string, unknown>
  /** The same, refused. */
  readonly refused: Record<string, unknown>
  /** Connects somebody who is logged in to this account, or to none. */
  person(nick: string, account?: string): Promise<Person>
  /** Connects a program that says of itself that it is one; absent where that cannot be said. */
  robot?(nick: string): Promise<Person>
  readonly immune: readonly Fault['kind'][]
}
