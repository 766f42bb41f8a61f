import type { JSX } from 'preact'
import { useApp } from './app.ts'
import { Icon, type IconName } from './parts/icon.tsx'
import { formatPlace } from './place.ts'
import { rooms } from './rooms/rooms.ts'
import { nextTheme, type Theme } from './theme.ts'

const looks: Readonly<Record<Theme, { icon: IconName; label: string }>> = {
  system: { icon: 'system', label: 'Appearance: as the system' },
  light: { icon: 'sun', label: 'Appearance: light' },
  dark: { icon: 'moon', label: 'Appearance: dark' },
}

/** The rail with the rooms; on a phone it stands at the top of the drawer. */
export function Navigation(): JSX.Element {
  const { drawer } = useApp()
  return (
    <nav class="rail" aria-label="Rooms" data-open={drawer.value}>
      <span class="mark">
        <Icon name="claw" />
      </span>
      <RoomLinks />
      <span class="push" />
      <Switches />
    </nav>
  )
}

function RoomLinks(): JSX.Element {
  const { place, drawer, requests } = useApp()
  const waiting = requests.approvals.value.length + requests.pairings.value.length
  const present = rooms.find((one) => one.id === place.value.room) ?? rooms[0]
  return (
    <ul class="rooms">
      {rooms.map(({ id, label, icon }) => (
        <li key={id}>
          <a
            href={formatPlace({ room: id })}
            aria-current={id === present.id ? 'page' : undefined}
            onClick={() => (drawer.value = false)}
          >
            <Icon name={icon} />
            <span>{label}</span>
            {id === 'chat' && waiting > 0 && (
              <span class="badge" aria-label={`${waiting} waiting for you`}>
                {waiting}
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  )
}

function Switches(): JSX.Element {
  const { theme, gateway, tell } = useApp()
  const look = looks[theme.value]
  const signOut = () => {
    gateway.signOut()
    tell('Signed out. This browser has forgotten its token.')
  }
  return (
    <>
      <button
        type="button"
        class="quiet"
        onClick={() => (theme.value = nextTheme(theme.value))}
        aria-label={`${look.label}. Change`}
        title={look.label}
      >
        <Icon name={look.icon} />
      </button>
      <button type="button" class="quiet" onClick={signOut} aria-label="Sign out" title="Sign out">
        <Icon name="signOut" />
      </button>
    </>
  )
}
