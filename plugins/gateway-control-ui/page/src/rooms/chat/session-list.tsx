import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { sayTime } from '../../parts/words.ts'
import type { SessionInfo } from './sessions.ts'

type Asking = { readonly what: 'rename' | 'reset' | 'delete'; readonly session: SessionInfo }

/** The sessions, last used first; on a phone in a drawer. */
export function SessionList(): JSX.Element {
  const { sessions, drawer } = useApp()
  const asking = useSignal<Asking | undefined>(undefined)
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      drawer.value = true
      search.current?.focus()
    }
    document.addEventListener('keydown', keys)
    return () => document.removeEventListener('keydown', keys)
  }, [])
  const begin = () => {
    sessions.begin()
    drawer.value = false
  }
  return (
    <aside class="sessions" aria-label="Sessions" data-open={drawer.value}>
      <div class="sessions-top">
        <button type="button" class="new-chat" onClick={begin}>
          <Icon name="plus" />
          New chat
        </button>
        <button
          type="button"
          class="quiet only-phone"
          onClick={() => (drawer.value = false)}
          aria-label="Close the sessions"
        >
          <Icon name="close" />
        </button>
      </div>
      <label class="search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          placeholder="Search"
          aria-label="Search sessions"
          aria-keyshortcuts="Control+K"
          value={sessions.search.value}
          onInput={(event) => (sessions.search.value = event.currentTarget.value)}
        />
      </label>
      <Rows onAsk={(ask) => (asking.value = ask)} />
      {asking.value && <Ask key={asking.value.what} asking={asking.value} onClose={() => (asking.value = undefined)} />}
    </aside>
  )
}

function Rows({ onAsk }: { onAsk: (asking: Asking) => void }): JSX.Element {
  const { sessions } = useApp()
  const phase = sessions.phase.value
  const list = sessions.list.value
  if (phase === 'loading') {
    return (
      <div class="rows skeleton" role="status" aria-label="Loading sessions">
        {[0, 1, 2, 3].map((key) => (
          <i key={key} />
        ))}
      </div>
    )
  }
  if (typeof phase === 'object') return <p class="rows empty">The sessions could not be read: {phase.message}</p>
  if (list.length === 0)
    return (
      <p class="rows empty">
        {sessions.search.value.trim() ? 'Nothing found.' : 'What you talk about will stand here.'}
      </p>
    )
  return (
    <ul class="rows">
      {list.map((session) => (
        <Row key={session.key} session={session} onAsk={onAsk} />
      ))}
      {list.length < sessions.total.value && (
        <li>
          <button type="button" class="quiet more" onClick={sessions.loadMore}>
            Show more
          </button>
        </li>
      )}
    </ul>
  )
}

function Row({ session, onAsk }: { session: SessionInfo; onAsk: (asking: Asking) => void }): JSX.Element {
  const { sessions, requests, drawer } = useApp()
  const here = sessions.selected.value === session.key
  const running = sessions.running.value.has(session.key)
  const asks = requests.approvals.value.some((one) => one.session === session.key)
  const open = () => {
    sessions.select(session.key)
    drawer.value = false
  }
  return (
    <li class="row" data-here={here}>
      <button type="button" class="row-main" aria-current={here ? 'true' : undefined} onClick={open}>
        <span class="row-title" dir="auto">
          {session.title || 'New chat'}
        </span>
        <span class="row-note">
          {asks ? (
            <span class="tag strong">needs your yes</span>
          ) : running ? (
            <span class="working">
              <span class="spinner" /> working
            </span>
          ) : (
            <time dateTime={new Date(session.updatedAt).toISOString()}>{sayTime(session.updatedAt, Date.now())}</time>
          )}
          {session.channel !== 'local' && <span> · {session.channel}</span>}
          {session.damaged > 0 && <span class="tag strong"> {session.damaged} damaged</span>}
        </span>
      </button>
      <SessionMenu session={session} onAsk={onAsk} />
    </li>
  )
}

/** What can be done with a session as a whole. */
export function SessionMenu({
  session,
  onAsk,
}: {
  session: SessionInfo
  onAsk: (asking: Asking) => void
}): JSX.Element {
  return (
    <Menu
      label={`More for ${session.title || 'this chat'}`}
      items={[
        { label: 'Rename', icon: <Icon name="edit" />, act: () => onAsk({ what: 'rename', session }) },
        { label: 'Begin anew', icon: <Icon name="reset" />, act: () => onAsk({ what: 'reset', session }) },
        { label: 'Delete', icon: <Icon name="trash" />, danger: true, act: () => onAsk({ what: 'delete', session }) },
      ]}
    >
      <Icon name="more" />
    </Menu>
  )
}

const asks = {
  rename: { title: 'Rename', text: '', yes: 'Rename', done: '' },
  reset: {
    title: 'Begin anew?',
    text: 'The agent will no longer know what was said so far. The journal keeps every line.',
    yes: 'Begin anew',
    done: 'A new conversation begins.',
  },
  delete: {
    title: 'Delete this chat?',
    text: 'Its journal file is deleted. This cannot be undone.',
    yes: 'Delete',
    done: 'The chat was deleted.',
  },
} as const

function Ask({ asking, onClose }: { asking: Asking; onClose: () => void }): JSX.Element {
  const { sessions, attempt, tell } = useApp()
  const { what, session } = asking
  const title = useSignal(session.settings.title ?? session.title)
  const words = asks[what]
  const go = async (event: Event) => {
    event.preventDefault()
    onClose()
    const act = {
      rename: () => sessions.rename(session.key, title.value),
      reset: () => sessions.reset(session.key),
      delete: () => sessions.remove(session.key),
    }[what]
    if ((await attempt(act)) && words.done) tell(words.done)
  }
  return (
    <Dialog title={words.title} onClose={onClose}>
      <form onSubmit={(event) => void go(event)}>
        {what === 'rename' ? (
          <label>
            Title
            <input maxLength={200} value={title.value} onInput={(event) => (title.value = event.currentTarget.value)} />
          </label>
        ) : (
          <>
            <p class="quote" dir="auto">
              {session.title || 'New chat'}
            </p>
            <p>{words.text}</p>
          </>
        )}
        <div class="actions">
          <button type="submit" class={what === 'delete' ? 'danger' : 'primary'}>
            {words.yes}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
