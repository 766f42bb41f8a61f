import { useEffect } from 'preact/hooks'
import type { JSX } from 'preact'
import { useApp } from './app.ts'
import { SignIn } from './connection/sign-in.tsx'
import { Navigation } from './navigation.tsx'
import { rooms } from './rooms/rooms.ts'

/** The whole page: navigation beside the room, or the way in while there is none. */
export function App(): JSX.Element {
  const { gateway, place, notice, requests, drawer } = useApp()
  const room = rooms.find((one) => one.id === place.value.room) ?? rooms[0]
  const waiting = requests.approvals.value.length + requests.pairings.value.length
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) OpenClaw` : 'OpenClaw'
  }, [waiting])
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape') drawer.value = false
    }
    document.addEventListener('keydown', close)
    return () => document.removeEventListener('keydown', close)
  }, [])
  if (gateway.state.value.at === 'refused') return <SignIn state={gateway.state.value} />
  return (
    <div class="app">
      <a class="skip" href="#main" onClick={skip}>
        Skip to the conversation
      </a>
      <Navigation />
      {drawer.value && (
        <button
          type="button"
          class="backdrop only-phone"
          aria-label="Close the sessions and rooms"
          onClick={() => (drawer.value = false)}
        />
      )}
      <room.View key={room.id} />
      <div class="notice" role="status" aria-live="polite">
        {notice.value && <p>{notice.value}</p>}
      </div>
    </div>
  )
}

/** The address belongs to rooms, so the jump is made by hand. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
