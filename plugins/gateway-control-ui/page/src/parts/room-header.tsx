import type { ComponentChildren, JSX } from 'preact'
import { useApp } from '../app.ts'
import { ConnectionPill } from '../connection/connection-pill.tsx'
import { Icon } from './icon.tsx'

/** The top of every room: the way to the drawer on a phone, the room's own matters, and how we stand with the gateway. */
export function RoomHeader({
  title,
  note,
  children,
}: {
  title: string
  note?: string
  children?: ComponentChildren
}): JSX.Element {
  const { drawer } = useApp()
  return (
    <header class="room-header">
      <button
        type="button"
        class="quiet only-phone"
        onClick={() => (drawer.value = true)}
        aria-label="Open the sessions and rooms"
        aria-expanded={drawer.value}
      >
        <Icon name="menu" />
      </button>
      <div class="titles">
        <h1 dir="auto">{title}</h1>
        {note && <p dir="auto">{note}</p>}
      </div>
      {children}
      <ConnectionPill />
    </header>
  )
}
