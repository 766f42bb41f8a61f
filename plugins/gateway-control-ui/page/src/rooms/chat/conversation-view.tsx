import { useComputed, useSignal } from '@preact/signals'
import type { JSX, VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { ApprovalCard } from './approval-card.tsx'
import type { Conversation } from './conversation.ts'
import { ItemView } from './item-view.tsx'
import { unseen } from './outbox.ts'
import { PendingView } from './pending-view.tsx'
import { needsSetup, SetupCard } from './setup-card.tsx'
import type { Item } from './transcript.ts'
import { Welcome } from './welcome.tsx'

/** Nearer to the end than this counts as being there: what comes scrolls into sight. */
const nearPx = 80

/** The conversation: what was said, what streams, what waits, and what is on its way. `stick` jumps to its end. */
export function ConversationView({
  conversation,
  onStick,
}: {
  conversation: Conversation
  onStick: (stick: () => void) => void
}): JSX.Element {
  const app = useApp()
  const { outbox, requests } = app
  const setup = needsSetup(app)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticks = useRef(true)
  const top = useRef(0)
  const blank = useRef(true)
  const below = useSignal(false)
  const drawn = useRef(new WeakMap<Item, VNode>())
  const items = conversation.items.value
  const pending = useComputed(() => unseen(outbox.pending.value, conversation.session, conversation.lines.value)).value
  const approvals = requests.approvals.value.filter((one) => one.session === conversation.session)
  const phase = conversation.phase.value
  const empty = items.length === 0 && pending.length === 0
  // Cards of an empty conversation are read from their top.
  blank.current = empty

  const toEnd = () => {
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight
  }
  const stick = () => {
    sticks.current = true
    below.value = false
    requestAnimationFrame(toEnd)
  }
  useEffect(() => onStick(stick), [])
  useEffect(() => {
    outbox.settle(conversation.session, conversation.lines.value)
  }, [conversation.lines.value, outbox.pending.value])
  useEffect(() => {
    const observer = new ResizeObserver(() => sticks.current && !blank.current && toEnd())
    if (content.current) observer.observe(content.current)
    if (scroller.current) observer.observe(scroller.current)
    return () => observer.disconnect()
  }, [])
  useKeepPlace(scroller, items[0]?.key, sticks)

  const scrolled = () => {
    const box = scroller.current
    if (!box) return
    const left = box.scrollHeight - box.scrollTop - box.clientHeight
    // What grows below also takes the end away from us; only going up says that somebody wants to read there.
    if (left < nearPx) sticks.current = true
    else if (box.scrollTop < top.current - 2) sticks.current = false
    top.current = box.scrollTop
    below.value = !sticks.current
    if (box.scrollTop < 600) void conversation.loadOlder()
  }
  const draw = (item: Item): VNode => {
    const known = drawn.current.get(item)
    if (known) return known
    const vnode = <ItemView key={item.key} item={item} />
    drawn.current.set(item, vnode)
    return vnode
  }

  return (
    <div class="scroller" ref={scroller} onScroll={scrolled} tabIndex={-1}>
      <div class="conversation" ref={content}>
        {conversation.loadingOlder.value && (
          <p class="older" role="status">
            <span>Reading older lines …</span>
          </p>
        )}
        {phase.at === 'loading' && empty && <Loading />}
        {phase.at === 'failed' && (
          <p class="ended" role="alert">
            <Icon name="alert" />
            <span>This chat could not be read: {phase.failure.message}</span>
            <button type="button" onClick={() => void conversation.refresh()}>
              Read again
            </button>
          </p>
        )}
        {phase.at === 'ready' && empty && !setup && <Welcome session={conversation.session} />}
        <div role="log" aria-label="Conversation" aria-live="polite" aria-relevant="additions">
          {items.map(draw)}
        </div>
        {pending.map((one) => (
          <PendingView key={one.idempotencyKey} pending={one} />
        ))}
        {conversation.running.value.size > 0 && approvals.length === 0 && <Working />}
        {approvals.map((approval, at) => (
          <ApprovalCard key={approval.id} approval={approval} first={at === 0} />
        ))}
        {phase.at === 'ready' && setup && <SetupCard session={conversation.session} begun={!empty} />}
      </div>
      {below.value && (
        <button type="button" class="round to-end" onClick={stick} aria-label="To the newest message">
          <Icon name="arrowDown" />
        </button>
      )}
    </div>
  )
}

/** Keeps what is in sight where it is when older lines are put in front of it. */
function useKeepPlace(
  scroller: { readonly current: HTMLDivElement | null },
  first: string | undefined,
  sticks: { readonly current: boolean },
): void {
  const drawn = useRef(first)
  const before = useRef<{ height: number; top: number } | undefined>(undefined)
  const box = scroller.current
  // While this runs the page still shows what was drawn last.
  if (box && drawn.current !== undefined && drawn.current !== first && !sticks.current)
    before.current = { height: box.scrollHeight, top: box.scrollTop }
  drawn.current = first
  useLayoutEffect(() => {
    const { current } = before
    if (current && scroller.current)
      scroller.current.scrollTop = current.top + scroller.current.scrollHeight - current.height
    before.current = undefined
  })
}

function Working(): JSX.Element {
  return (
    <p class="working-line" role="status">
      <span class="pulse">
        <i />
        <i />
        <i />
      </span>
      <span class="visually-hidden">The agent is working</span>
    </p>
  )
}

function Loading(): JSX.Element {
  return (
    <div class="skeleton lines" role="status" aria-label="Loading the conversation">
      <i />
      <i />
      <i />
    </div>
  )
}
