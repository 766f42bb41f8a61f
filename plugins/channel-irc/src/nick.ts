import type { Clock } from '@openclaw/sdk'
import type { Timing } from './timing.ts'
import type { Wire } from './wire.ts'

/** Nicks to take when the wanted one is not free: with a line behind it, then ever shorter with digits. */
export function* alternatives(nick: string): Generator<string, never> {
  yield `${nick}_`
  yield `${nick}__`
  // Some servers allow no more than nine signs.
  for (;;) yield `${nick.slice(0, 6)}${Math.floor(100 + Math.random() * 900)}`
}

/** Takes the wanted nick back as soon as it is free: when its holder is seen to leave it, and once in a while. */
export function regainNick(wire: Wire, wanted: string, clock: Clock, { regainMs }: Timing): Disposable {
  const { client } = wire
  const isWanted = (nick: string) => wire.fold(nick) === wire.fold(wanted)
  const attempt = () => {
    if (!wire.over && !isWanted(client.user.nick)) client.changeNick(wanted)
  }
  client.on('quit', ({ nick }) => {
    if (isWanted(nick)) attempt()
  })
  client.on('nick', ({ nick }) => {
    if (isWanted(nick) && !wire.isOurs(nick)) attempt()
  })

  let timer = clock.after(regainMs, again)
  function again() {
    attempt()
    timer = clock.after(regainMs, again)
  }
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}
