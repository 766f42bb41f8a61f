import { signal, type Signal } from '@preact/signals'

/** Which room is shown, and which session in the chat room. */
export interface Place {
  readonly room: string
  readonly session?: string
}

/** Reads `#/room` or `#/chat/<session key>`; anything else is the chat room. */
export function parsePlace(hash: string): Place {
  const [room = '', ...rest] = hash.replace(/^#\/?/, '').split('/')
  if (!/^[a-z]+$/.test(room)) return { room: 'chat' }
  const session = decode(rest.join('/'))
  return { room, ...(session ? { session } : {}) }
}

/** The other way round: parsePlace(formatPlace(place)) is the place. */
export function formatPlace({ room, session }: Place): string {
  return `#/${room}${session ? `/${encodeURIComponent(session)}` : ''}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** The place in the address bar, in both directions: back and forward move between places. */
export function openPlace(): Signal<Place> {
  const place = signal(parsePlace(location.hash))
  addEventListener('hashchange', () => (place.value = parsePlace(location.hash)))
  return place
}

/** Goes to a place; `replace` leaves no step back to the present one. */
export function go(place: Signal<Place>, to: Place, replace = false): void {
  const hash = formatPlace(to)
  if (hash === location.hash) return
  history[replace ? 'replaceState' : 'pushState'](null, '', location.pathname + location.search + hash)
  place.value = to
}
