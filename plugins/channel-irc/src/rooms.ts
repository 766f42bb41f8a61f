import type { Account, Clock } from '@openclaw/sdk'
import type { Settings } from './settings.ts'
import type { Timing } from './timing.ts'
import type { Wire } from './wire.ts'

/** The channels that we are to be in. */
export interface Rooms extends Disposable {
  readonly isIn: (channel: string) => boolean
}

/** Why a server lets nobody in (https://modern.ircdocs.horse/#numerics), and what to do; `#` stands for the channel. */
const reasons: Record<string, string> = {
  '403': '# does not exist and cannot be made; correct `channels`',
  '405': 'we are in too many channels to enter #; remove some from `channels`',
  '437': '# cannot be entered for the moment',
  '471': '# is full; ask its operators to raise the limit (+l)',
  '473': '# is by invitation only (+i); ask its operators for an /invite',
  '474': 'we are banned from #; ask its operators to lift the ban (+b)',
  '475': 'the key of # is missing or wrong (+k); write "# key" in `channels`',
  '476': '# is no name of a channel; correct `channels`',
  '477': '# lets in only who is logged in to services; configure `sasl`',
  '480': '# has been entered too often; it will be tried again',
  '489': '# lets in only encrypted connections; remove `tls: false`',
  '520': '# is for operators of the network only; remove it from `channels`',
}

interface Room {
  readonly name: string
  readonly key?: string
  inside: boolean
  trouble?: string
  /** Attempts since we were last inside for a while. */
  attempts: number
  enteredMs: number
  timer?: Disposable
}

const maxDoublings = 4

/**
 * Enters the configured channels and stays: after a kick or a refusal it tries again, ever less often, and at once when
 * invited. What keeps us out is reported as `degraded`, with what to do.
 */
export function joinRooms(
  wire: Wire,
  wanted: Settings['channels'],
  { clock, report }: Pick<Account, 'report'> & { clock: Clock },
  { rejoinMs }: Timing,
): Rooms {
  const { client } = wire
  const rooms = new Map<string, Room>()
  for (const one of wanted) rooms.set(wire.fold(one.name), { ...one, inside: false, attempts: 0, enteredMs: 0 })
  const find = (channel: string | undefined) => rooms.get(wire.fold(channel ?? ''))

  function tell() {
    const troubles = [...rooms.values()].flatMap(({ trouble }) => trouble ?? [])
    if (troubles.length === 0) report('online')
    else report('degraded', `${wire.name}: ${troubles.join('; ')}`)
  }
  function keepOut(room: Room, trouble: string) {
    const stayed = room.inside && clock.monotonic() - room.enteredMs > rejoinMs * 2 ** maxDoublings
    if (stayed) room.attempts = 0
    room.inside = false
    room.trouble = trouble
    room.timer?.[Symbol.dispose]()
    room.timer = clock.after(rejoinMs * 2 ** Math.min(room.attempts++, maxDoublings), () => enter(room))
    tell()
  }
  function enter({ name, key }: Room) {
    if (!wire.over) wire.write(key === undefined ? `JOIN ${name}` : `JOIN ${name} ${key}`)
  }

  client.on('join', ({ nick, channel }) => {
    const room = find(channel)
    if (!room || !wire.isOurs(nick)) return
    room.timer?.[Symbol.dispose]()
    room.inside = true
    room.enteredMs = clock.monotonic()
    if (room.trouble === undefined) return
    delete room.trouble
    tell()
  })
  client.on('kick', ({ kicked, nick, channel, message }) => {
    const room = find(channel)
    if (!room || !wire.isOurs(kicked)) return
    const why = message && message !== nick ? ` (${message})` : ''
    keepOut(room, `${nick} kicked us from ${room.name}${why}; it will be tried again`)
  })
  client.on('part', ({ nick, channel }) => {
    const room = find(channel)
    if (room && wire.isOurs(nick)) keepOut(room, `we were taken out of ${room.name}; it will be tried again`)
  })
  client.on('invite', ({ invited, channel }) => {
    const room = find(channel)
    if (room && !room.inside && wire.isOurs(invited)) enter(room)
  })
  const lines = wire.onLine(({ command, params }) => {
    const room = find(params[1])
    if (!room || room.inside) return
    if (command === '470') keepOut(room, `${room.name} leads on to ${params[2]}; write that in \`channels\``)
    else if (reasons[command]) keepOut(room, reasons[command].replaceAll('#', room.name))
  })

  for (const room of rooms.values()) enter(room)
  return {
    isIn: (channel) => find(channel)?.inside ?? false,
    [Symbol.dispose]() {
      lines[Symbol.dispose]()
      for (const { timer } of rooms.values()) timer?.[Symbol.dispose]()
    },
  }
}
