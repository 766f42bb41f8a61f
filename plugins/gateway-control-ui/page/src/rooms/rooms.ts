import type { JSX } from 'preact'
import type { IconName } from '../parts/icon.tsx'
import { ChatRoom } from './chat/chat-room.tsx'
import { StatusRoom } from './status/status-room.tsx'
import { UsageRoom } from './usage/usage-room.tsx'

/** One room of the page: a place of its own beside the chat. */
export interface Room {
  /** Its name in the address, `#/<id>`. */
  readonly id: string
  readonly label: string
  readonly icon: IconName
  readonly View: () => JSX.Element
}

/** The rooms, in the order of the navigation. A new one is a folder beside this file and a row here. */
export const rooms: readonly [Room, ...Room[]] = [
  { id: 'chat', label: 'Chat', icon: 'chat', View: ChatRoom },
  { id: 'usage', label: 'Usage', icon: 'usage', View: UsageRoom },
  { id: 'status', label: 'Status', icon: 'status', View: StatusRoom },
]
