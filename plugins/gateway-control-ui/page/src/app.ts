import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Gateway } from './connection/gateway.ts'
import { openPlace, type Place } from './place.ts'
import { type Models, openModels } from './rooms/chat/models.ts'
import { openOutbox, type Outbox, type Pending } from './rooms/chat/outbox.ts'
import { openRequests, type Requests } from './rooms/chat/requests.ts'
import { openSessions, type Sessions } from './rooms/chat/sessions.ts'
import { openShelf } from './rooms/chat/shelf.ts'
import { openTheme, type Theme } from './theme.ts'

/** Everything the page knows. One of each, handed down by {@link AppContext}. */
export interface App {
  readonly gateway: Gateway
  readonly place: Signal<Place>
  readonly theme: Signal<Theme>
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly models: Models
  readonly requests: Requests
  /** Something that went wrong or was done, told for a few seconds. */
  readonly notice: ReadonlySignal<string>
  tell(text: string): void
  /** Does something and tells when it fails. Resolves with whether it was done. */
  attempt(act: () => Promise<unknown>): Promise<boolean>
  /** The card for setting up a model is wanted. */
  readonly settingUp: Signal<boolean>
  /** The drawer with the sessions is out; on wide screens it always stands beside. */
  readonly drawer: Signal<boolean>
}

const noticeMs = 6000

/** Puts the page's stores together over one gateway. */
export function openApp(gateway: Gateway): App {
  const place = openPlace()
  const notice = signal('')
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (text: string) => {
    clearTimeout(timer)
    notice.value = text
    timer = setTimeout(() => (notice.value = ''), noticeMs)
  }
  return {
    gateway,
    place,
    theme: openTheme(),
    sessions: openSessions(gateway, place.peek().session),
    outbox: openOutbox(gateway, openShelf<Pending>('openclaw-outbox')),
    models: openModels(gateway),
    requests: openRequests(gateway),
    notice,
    tell,
    async attempt(act) {
      try {
        await act()
        return true
      } catch (thrown) {
        tell(thrown instanceof Error ? thrown.message : String(thrown))
        return false
      }
    },
    settingUp: signal(false),
    drawer: signal(false),
  }
}

/** The app for everything below; there is always one. */
export const AppContext = createContext<App | undefined>(undefined)

/** The app. Throws outside of its provider, which is a mistake in the page. */
export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('useApp: there is no AppContext above')
  return app
}
