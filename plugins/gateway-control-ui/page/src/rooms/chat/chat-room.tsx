import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { RoomHeader } from '../../parts/room-header.tsx'
import { go } from '../../place.ts'
import { Composer } from './composer.tsx'
import { ConversationView } from './conversation-view.tsx'
import { openConversation } from './conversation.ts'
import { RequestBanner } from './request-banner.tsx'
import { SessionList } from './session-list.tsx'
import { SetupDialog } from './setup-card.tsx'

/** Talking with agents: sessions at the side, one of them open. */
export function ChatRoom(): JSX.Element {
  const { sessions, place, drawer, gateway } = useApp()
  const key = sessions.selected.value
  // The open session stands in the address, so that back and forward, and a reload, find it again.
  useSignalEffect(() => {
    const { room, session } = place.value
    if (room === 'chat' && session && session !== sessions.selected.peek()) sessions.select(session)
  })
  useSignalEffect(() => {
    const session = sessions.selected.value
    if (session && place.peek().room === 'chat' && place.peek().session !== session)
      go(place, { room: 'chat', session }, place.peek().session === undefined)
  })
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== 'o') return
      event.preventDefault()
      sessions.begin()
    }
    document.addEventListener('keydown', keys)
    return () => document.removeEventListener('keydown', keys)
  }, [])
  const title =
    sessions.current.value?.title || (key ? 'New chat' : gateway.state.value.at === 'open' ? 'New chat' : 'OpenClaw')
  const origin = sessions.current.value
  const note =
    origin && origin.channel !== 'local'
      ? `${origin.channel} · ${origin.agent}`
      : origin && origin.agent !== 'main'
        ? origin.agent
        : ''
  return (
    <>
      <SessionList />
      <main class="room chat" id="main" tabIndex={-1} inert={drawer.value && matchMedia('(max-width: 48rem)').matches}>
        <RoomHeader title={title} note={note} />
        <RequestBanner session={key} />
        {key && <Open key={key} session={key} />}
      </main>
      <SetupDialog />
    </>
  )
}

function Open({ session }: { session: string }): JSX.Element {
  const { gateway } = useApp()
  const conversation = useMemo(() => openConversation(gateway, session), [session])
  const stick = useRef(() => undefined as void)
  useEffect(() => () => conversation[Symbol.dispose](), [conversation])
  return (
    <>
      <ConversationView conversation={conversation} onStick={(act) => (stick.current = act)} />
      <Composer conversation={conversation} onSent={() => stick.current()} />
    </>
  )
}
