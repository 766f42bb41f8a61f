import type { Socket } from 'node:net'
import type { Clock } from '../platform.ts'
import { countedAs, plainAddress } from './address.ts'

/** Sockets whose owner has not said who they are. */
export interface Silent {
  /** Counts a new connection; the oldest of its address, or of all, gives way when there are too many. */
  add(socket: Socket): void
  /** Its owner is known now: it is neither counted nor hurried any more. */
  release(socket: Socket): void
  /** It asked something in full: it is hurried again only when the answer is out. */
  busy(socket: Socket): void
  idle(socket: Socket): void
  /** What to say before it is dropped. */
  farewell(socket: Socket, say: () => void): void
  readonly size: number
}

interface Waiting {
  readonly socket: Socket
  readonly address: string
  deadline: number
  farewell?: () => void
}

/** A TLS socket and the one beneath it have the same name. */
const nameOf = (socket: Socket) => `${socket.remoteAddress}|${socket.remotePort}`

/**
 * Bounds what strangers can hold: sockets that say nothing, requests that never end, upgrades without a `connect`. When
 * there are too many the oldest is dropped, not the newest refused, so that a real client always gets its turn.
 */
export function openSilent(
  clock: Clock,
  limits: { readonly perAddress?: number; readonly total?: number; readonly timeoutMs?: number } = {},
): Silent {
  const { perAddress = 512, total = 2048, timeoutMs = 10_000 } = limits
  /** In the order of their deadlines. */
  const waiting = new Map<string, Waiting>()
  const busy = new Map<string, Waiting>()
  const byAddress = new Map<string, Set<string>>()
  let sweeping: Disposable | undefined

  function forget(name: string): Waiting | undefined {
    const entry = waiting.get(name) ?? busy.get(name)
    if (!entry) return undefined
    waiting.delete(name)
    busy.delete(name)
    const same = byAddress.get(entry.address)
    same?.delete(name)
    if (same?.size === 0) byAddress.delete(entry.address)
    return entry
  }
  function drop(name: string | undefined): void {
    const entry = name === undefined ? undefined : forget(name)
    if (entry?.farewell) {
      entry.farewell()
      entry.socket.destroySoon()
    } else {
      entry?.socket.destroy()
    }
  }
  function sweep(): void {
    sweeping = undefined
    const now = clock.monotonic()
    for (const [name, { deadline }] of waiting) {
      if (deadline > now) break
      drop(name)
    }
    if (waiting.size > 0) sweeping = clock.after(1000, sweep)
  }
  function wait(name: string, entry: Waiting): void {
    entry.deadline = clock.monotonic() + timeoutMs
    waiting.delete(name)
    waiting.set(name, entry)
    sweeping ??= clock.after(1000, sweep)
  }

  return {
    add(socket) {
      // A socket that is gone already has no address.
      if (socket.remoteAddress === undefined) return void socket.destroy()
      const name = nameOf(socket)
      const address = countedAs(plainAddress(socket.remoteAddress))
      const same = byAddress.get(address) ?? new Set()
      byAddress.set(address, same.add(name))
      const entry = { socket, address, deadline: 0 }
      wait(name, entry)
      socket.once('close', () => {
        if (waiting.get(name) === entry || busy.get(name) === entry) forget(name)
      })
      if (same.size > perAddress) drop(same.values().next().value)
      if (waiting.size + busy.size > total) drop(waiting.keys().next().value ?? busy.keys().next().value)
    },
    release: (socket) => void forget(nameOf(socket)),
    busy(socket) {
      const name = nameOf(socket)
      const entry = waiting.get(name)
      if (!entry) return
      waiting.delete(name)
      busy.set(name, entry)
    },
    idle(socket) {
      const name = nameOf(socket)
      const entry = busy.get(name)
      if (!entry) return
      busy.delete(name)
      wait(name, entry)
    },
    farewell(socket, say) {
      const entry = waiting.get(nameOf(socket)) ?? busy.get(nameOf(socket))
      if (entry) entry.farewell = say
    },
    get size() {
      return waiting.size + busy.size
    },
  }
}
