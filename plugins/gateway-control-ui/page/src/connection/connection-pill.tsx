import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp } from '../app.ts'

/** How we stand with the gateway, always in sight; while it waits, a press connects at once. */
export function ConnectionPill(): JSX.Element {
  const { gateway } = useApp()
  const state = gateway.state.value
  const now = useSignal(Date.now())
  const waiting = state.at === 'waiting'
  useEffect(() => {
    if (!waiting) return
    now.value = Date.now()
    const timer = setInterval(() => (now.value = Date.now()), 500)
    return () => clearInterval(timer)
  }, [waiting])
  if (state.at === 'waiting') {
    const seconds = Math.max(1, Math.ceil((state.retryAtMs - now.value) / 1000))
    return (
      <button
        type="button"
        class="pill"
        data-state="waiting"
        onClick={() => gateway.retry()}
        title={`${state.reason} Press to connect now.`}
      >
        <span class="dot" />
        <span class="only-wide">Reconnecting in</span>
        {seconds} s
      </button>
    )
  }
  const label = state.at === 'open' ? 'Connected' : state.at === 'connecting' ? 'Connecting' : 'Signed out'
  return (
    <span
      class="pill"
      data-state={state.at}
      role="status"
      title={state.at === 'open' ? `OpenClaw ${state.hello.version}` : undefined}
    >
      <span class="dot" />
      <span class="pill-label">{label}</span>
    </span>
  )
}
